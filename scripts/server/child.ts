import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

const STOP_TIMEOUT_MS = 15_000;

/**
 * Starts a server as a child, which writes to `log`. Its standard input is a pipe that ends when this process does.
 */
export async function launch(
  program: string,
  args: readonly string[],
  log: string,
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>,
): Promise<ChildProcess> {
  const output = openSync(log, 'a');
  try {
    // Detached: Ctrl-C at the terminal is for us, who then stop it in good order.
    const child = spawn(program, args, { ...options, stdio: ['pipe', output, output], detached: true });
    child.stdin?.on('error', () => {}); // it went first; 'exit' tells
    await once(child, 'spawn');
    return child;
  } finally {
    closeSync(output);
  }
}

export function alive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Ends a child, with SIGKILL where it takes too long, and resolves when it is gone. */
export async function end(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child === undefined || !alive(child)) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  child.kill('SIGCONT'); // it may have been paused, and heeds nothing then
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(deadline);
}
