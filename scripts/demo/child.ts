import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process of the demo's own, and what it has said. */
export interface Child {
  readonly lines: readonly string[];
  /** Its exit status, once it has ended. */
  readonly ended: string | undefined;
  /** Resolves when it has ended and all that it said has come. */
  readonly done: Promise<void>;
  /** Sends SIGTERM and waits; SIGKILL to one that does not go. */
  stop(): Promise<void>;
  /** At once and without waiting: for the very end of this process. */
  kill(): void;
}

const STOP_MS = 8000;

// We hold the other end of its standard input and never write to it. When we are gone, however we went, it reads the end:
// no signal handler of ours could do that after a SIGKILL.
const END_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('end', () => process.exit(1)).resume().unref()",
)}`;

/** Starts a command of this package. Its output comes line by line. */
export function startChild(
  command: string,
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly onLine?: (line: string) => void;
  },
): Child {
  // A group of its own: Ctrl-C at the terminal is for the demo, which then stops its children in order.
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, command, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdin.on('error', () => undefined); // it went first

  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
    options.onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) eachLine(stream, take);
  const done = once(child, 'close').then(() => undefined);
  return {
    lines,
    done,
    get ended() {
      if (child.exitCode !== null) return `exit status ${child.exitCode}`;
      return child.signalCode === null ? undefined : `ended by ${child.signalCode}`;
    },
    stop: () => stop(child),
    kill: () => void child.kill('SIGKILL'),
  };
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(deadline);
}
