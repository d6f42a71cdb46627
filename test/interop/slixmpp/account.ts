import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Server } from '../../integration/harness/server.js';

/** Debian's own, which sees Debian's packages; there may be another before it in PATH. */
export const PYTHON = '/usr/bin/python3';

/** What slixmpp understood of one answer. */
export interface Step {
  readonly status: string;
  /** Each after its type. */
  readonly notes: readonly string[];
  readonly fields: readonly { readonly name: string; readonly type: string; readonly value: unknown }[];
  readonly items: readonly Readonly<Record<string, string>>[];
}

/** All answers to a command, and the condition of the error that it ended with, if one. */
export interface Played {
  readonly steps: readonly Step[];
  readonly error?: string;
  readonly text?: string;
}

export type Form = Readonly<Record<string, string | boolean | readonly string[]>>;

/** An account that is logged in by slixmpp. */
export interface SlixmppAccount {
  /** Runs a command from the domain, or another address of ours: fills in a form a stage, and completes it. */
  run(command: string, forms: readonly Form[], to?: string): Promise<Played>;
  /** The nodes of the commands that are listed. */
  list(to?: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Logs in to an account that there is. @throws if it cannot. */
export async function slixmppAccount(server: Server, user: string, password: string): Promise<SlixmppAccount> {
  const script = fileURLToPath(new URL('commands.py', import.meta.url));
  const { address, c2sPort, host, domain } = server;
  const args = [script, `${user}@${host}`, password, address, String(c2sPort)];
  const child = spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function read(): Promise<Record<string, unknown>> {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the account ${user} of slixmpp has ended:\n${complaints}`);
    return JSON.parse(value);
  }
  async function ask<T>(order: object): Promise<T> {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    return (await read()) as T;
  }

  const first = await read();
  if (!('ready' in first)) throw new Error(`slixmpp cannot log in as ${user}: ${first['fatal']}`);
  return {
    run: (command, forms, to = domain) => ask<Played>({ to, node: `thingstead:${command}`, forms }),
    list: async (to = domain) => (await ask<{ nodes: readonly string[] }>({ to, list: true })).nodes,
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(timer);
    },
  };
}
