import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Server } from '../integration/harness/server.js';
import type { Library } from './libraries.js';

/** How a device of somebody's library is to take the next questions. */
export type Manner =
  /** It answers with Temperature 21.50 °C. */
  | 'good'
  | 'refuse'
  /** Slixmpp alone: it accepts, and then it fails. */
  | 'fail'
  /** It says nothing of what it was asked. */
  | 'silent'
  /** It says Temperature 21.50 °C, and that there is more, which never comes. */
  | 'begin';

/** What became of a request: the condition of a stanza error, or what came. */
export type Told<T> = T & { readonly error?: string };

/** What a reader of the library made of all that a read-out sent it. */
export interface ReadByLibrary {
  readonly fields: readonly Readonly<Record<string, string>>[];
  /** The texts of what failed. */
  readonly failures: readonly string[];
}

/** An account that is logged in by a program which uses somebody else's library; test/interop/README.md has its orders. */
export interface LibraryAccount {
  readonly jid: string;
  register(tags: Tags): Promise<Told<object>>;
  claim(tags: Tags): Promise<Told<{ readonly jid?: string }>>;
  search(tags: Tags): Promise<Told<{ readonly things: readonly string[] }>>;
  /** The addresses of the Things of a JID. */
  addresses(jid: string): Promise<Told<{ readonly addresses: readonly string[] }>>;
  ping(to: string): Promise<Told<object>>;
  read(to: string): Promise<Told<ReadByLibrary>>;
  serve(manner: Manner): Promise<object>;
  /** Waits until the device is told whose it is. */
  claimed(): Promise<{ readonly by: string }>;
  /** Waits until something of the read-out that began last has come. */
  arrived(): Promise<object>;
  /** Gives any other order that its program knows. */
  order<T>(what: string, details?: object): Promise<T>;
  /** Logs out in good order. */
  stop(): Promise<void>;
  /** Ends the program in the middle of whatever it does. */
  kill(): Promise<void>;
}

export type Tags = Readonly<Record<string, string>>;

/** Long, as nothing that passes waits for it: some of these programs take seconds to start on a busy machine. */
const PATIENCE_MS = 30_000;
const CLOSE_MS = 3_000;

/** Logs in to an account that there is. @throws with what the program said, if it cannot. */
export async function openAccount(
  library: Library,
  server: Server,
  user: string,
  password: string,
): Promise<LibraryAccount> {
  const [program, ...args] = library.command;
  const jid = `${user}@${server.host}`;
  const service = library.overWebSocket
    ? `ws://${server.address}:${server.wsPort}/ws`
    : `xmpp://${server.address}:${server.c2sPort}`;
  // Nothing else of the environment but what finds programs: a proxy or a path of modules is none of theirs.
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', XMPP_PASSWORD: password };
  // It ends where its standard input does, so it does not outlive us.
  const child = spawn(program, [...args, jid, service, server.domain], { stdio: 'pipe', env });
  const end = () => child.kill('SIGKILL');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.stdin.on('error', () => {}); // it went first

  function answerTo<T>(id: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${library.name}, ${user}, ${what}: ${why}\n${complaints}`));
      const timer = setTimeout(() => fail(`no answer within ${PATIENCE_MS} ms`), PATIENCE_MS);
      waiting.set(id, ({ id: _, fatal, ...answer }) => {
        clearTimeout(timer);
        if (fatal === undefined) resolve(answer as T);
        else fail(String(fatal));
      });
      void exited.then(() => {
        clearTimeout(timer);
        fail('the program has ended');
      });
    });
  }

  let orders = 0;
  function order<T>(what: string, details: object = {}): Promise<T> {
    orders += 1;
    const answer = answerTo<T>(orders, what);
    answer.catch(() => {}); // who kills the program may not wait for the rest
    child.stdin.write(`${JSON.stringify({ id: orders, do: what, ...details })}\n`);
    return answer;
  }

  const { jid: full } = await answerTo<{ readonly jid: string }>(0, 'logging in').catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    jid: full,
    register: (tags) => order('register', { tags }),
    claim: (tags) => order('claim', { tags }),
    search: (tags) => order('search', { tags }),
    addresses: (ofJid) => order('addresses', { jid: ofJid }),
    ping: (to) => order('ping', { to }),
    read: (to) => order('read', { to }),
    serve: (manner) => order('serve', { manner }),
    claimed: () => order('claimed'),
    arrived: () => order('arrived'),
    order,
    async stop() {
      child.stdin.end();
      const timer = setTimeout(end, CLOSE_MS);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      end();
      await exited;
    },
  };
}
