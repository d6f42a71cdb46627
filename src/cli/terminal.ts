import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { INTERRUPTED } from './exit-status.js';

/** Someone who can be asked. Questions go to standard error: what is printed may go elsewhere. */
export interface Terminal {
  /** @returns the line, or undefined at the end of the input (Ctrl-D). Ctrl-C ends the process. */
  ask(question: string): Promise<string | undefined>;
  /** The same, without showing what is typed. */
  askSecret(question: string): Promise<string | undefined>;
}

/** The terminal that the command is run at, if somebody sits there. */
export function terminal(): Terminal | undefined {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  return {
    ask: (question) => readLine(question, true),
    askSecret: (question) => readLine(question, false),
  };
}

/** Asks whether to go on; anything but a yes is a no. */
export async function confirmed(at: Terminal, question: string): Promise<boolean> {
  const answer = (await at.ask(`${question} [y/N] `)) ?? '';
  return /^y(es)?$/i.test(answer.trim());
}

function readLine(question: string, isShown: boolean): Promise<string | undefined> {
  const { stdin, stderr } = process;
  // With a terminal of its own, readline takes over the echo: into nothing, where it is not to be seen.
  const lines = createInterface({ input: stdin, output: isShown ? stderr : new Nothing(), terminal: !isShown });
  // Last: who is asked may answer at once.
  stderr.write(question);
  return new Promise((resolve) => {
    let line: string | undefined;
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('SIGINT', () => {
      lines.close();
      process.exit(INTERRUPTED);
    });
    lines.once('close', () => {
      if (!isShown || line === undefined) stderr.write('\n');
      resolve(line);
    });
  });
}

class Nothing extends Writable {
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}
