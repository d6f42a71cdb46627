import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { findProgram, startProgram, type User } from './program.js';

/** The programs of PostgreSQL that are called, by their paths. */
export type PostgresPrograms = Readonly<Record<'initdb' | 'postgres' | 'psql' | 'pgbench', string>>;

export interface Postgres {
  /** @returns what the statements say, as plain text. */
  run(sql: string): string;
  /** Fills a table from lines in the form of COPY. */
  copy(table: string, lines: Iterable<string>): Promise<void>;
  /** Runs a script of pgbench over and over, with a prepared statement. @returns the time of each, in ms. */
  time(name: string, script: string, times: number): readonly number[];
  stop(): Promise<void>;
}

const CONNECTION = ['-U', 'bench', '-h'];
const DATABASE = 'postgres';

/**
 * Starts a server in a folder of its own, with its own defaults, on a Unix socket. It refuses to run as root, who therefore
 * has the user `postgres` run it.
 */
export async function startPostgres(programs: PostgresPrograms, folder: string): Promise<Postgres> {
  mkdirSync(folder, { recursive: true });
  const user = process.getuid?.() === 0 ? userNamed('postgres') : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'bench', '-A', 'trust', '--no-sync', '--no-locale', '-E', 'UTF8'];
  execFileSync(programs.initdb, init, { ...user, cwd: folder, stdio: 'ignore' });
  const run = (sql: string): string =>
    execFileSync(programs.psql, [...CONNECTION, folder, '-d', DATABASE, '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', sql], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const args = ['-D', data, '-k', folder, '-c', 'listen_addresses='];
  const serves = async (): Promise<boolean> => {
    try {
      return run('SELECT 1') === '1';
    } catch {
      return false;
    }
  };
  const { stop } = await startProgram(programs.postgres, args, join(folder, 'postgres.log'), serves, user);
  return {
    run,
    stop,
    async copy(table, lines) {
      const child = spawn(
        programs.psql,
        [...CONNECTION, folder, '-d', DATABASE, '-Xq', '-c', `COPY ${table} FROM STDIN`],
        {
          stdio: ['pipe', 'ignore', 'inherit'],
        },
      );
      const ended = once(child, 'exit');
      await pipeline(Readable.from(lines), child.stdin);
      const [status] = await ended;
      if (status !== 0) throw new Error(`psql ended with status ${status}`);
    },
    time(name, script, times) {
      const file = join(folder, `${name}.sql`);
      const log = `times-${name}`;
      writeFileSync(file, script);
      const what = ['-n', '-M', 'prepared', '-f', file, '-t', String(times), '--log', '--log-prefix', log];
      execFileSync(programs.pgbench, [...CONNECTION, folder, ...what, DATABASE], { cwd: folder, stdio: 'ignore' });
      return readdirSync(folder)
        .filter((found) => found.startsWith(`${log}.`))
        .flatMap((found) => readFileSync(join(folder, found), 'utf8').trim().split('\n'))
        .map((line) => Number(line.split(' ')[LATENCY]) / 1000);
    },
  };
}

/** @returns undefined where one is missing. */
export function findPostgres(): PostgresPrograms | undefined {
  const [initdb, postgres, psql, pgbench] = ['initdb', 'postgres', 'psql', 'pgbench'].map(findProgram);
  return initdb && postgres && psql && pgbench ? { initdb, postgres, psql, pgbench } : undefined;
}

/** Of a line of pgbench's log: client, transaction, microseconds, ... */
const LATENCY = 2;

function userNamed(name: string): User {
  const id = (what: string): number => Number(execFileSync('id', [what, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
