import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { alive, end } from '../../scripts/server/child.js';
import { until } from '../../test/integration/harness/until.js';

/** A program of others, running. */
export interface Program {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Users other than root have no sbin in PATH; of PostgreSQL, Debian puts there only what its users call. */
const FOLDERS = ['/usr/sbin', '/usr/local/sbin'];
const POSTGRES = '/usr/lib/postgresql';

/** @returns where it is, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const postgres = existsSync(POSTGRES) ? readdirSync(POSTGRES).map((version) => join(POSTGRES, version, 'bin')) : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS, ...postgres.sort().reverse()];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * Starts a server, and waits until it serves.
 *
 * @param log the file that it writes to.
 * @throws where it ends, or does not serve within half a minute; nothing is left of it then.
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  log: string,
  serves: () => Promise<boolean>,
  user?: User,
): Promise<Program> {
  const output = openSync(log, 'a');
  const child = spawn(file, args, { ...user, stdio: ['ignore', output, output] });
  closeSync(output);
  try {
    await until(() => hasEnded(child, log) || serves(), `${file} serves; see ${log}`, START_MS);
  } catch (error) {
    await end(child, 'SIGTERM');
    throw error;
  }
  return { pid: child.pid ?? 0, stop: () => end(child, 'SIGTERM') };
}

const START_MS = 30_000;

function hasEnded(child: ChildProcess, log: string): false {
  if (!alive(child)) throw new Error(`it ended while starting; see ${log}`);
  return false;
}
