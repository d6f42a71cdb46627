import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../scripts/server/free-port.js';
import { createInfluxClient, type InfluxClient } from './influx-client.js';
import { type Program, startProgram } from './program.js';

export interface Influx extends Program, InfluxClient {
  readonly port: number;
  /** What its data and its log take on disk, in bytes, and of how many files. */
  stored(): Stored;
}
export interface Stored {
  readonly data: number;
  readonly log: number;
  readonly files: number;
  readonly shards: number;
}

/** When it is to compact what is no longer written to. */
export type Compaction = 'as it comes' | 'soon';

/** By default a shard is written out ten minutes, and compacted in full four hours after the last write to it. */
const COLD: Readonly<Record<Compaction, readonly [write: string, compact: string]>> = {
  'as it comes': ['10m', '4h'],
  soon: ['1s', '3s'],
};

/** Starts a server with Debian's settings, but in a folder of its own, and without what it would say and tell of itself. */
export async function startInflux(program: string, folder: string, compaction: Compaction): Promise<Influx> {
  const port = await freePort();
  const [write, compact] = COLD[compaction];
  const data = join(folder, 'data');
  const log = join(folder, 'wal');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'influxdb.conf');
  writeFileSync(
    file,
    `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${join(folder, 'meta')}"
[data]
  dir = "${data}"
  wal-dir = "${log}"
  query-log-enabled = false
  cache-snapshot-write-cold-duration = "${write}"
  compact-full-write-cold-duration = "${compact}"
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[continuous_queries]
  enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[logging]
  level = "warn"
`,
  );
  const client = createInfluxClient(port);
  const started = await startProgram(program, ['-config', file], join(folder, 'influxd.log'), client.ping);
  await client.createDatabase();
  return { ...started, ...client, port, stored: () => storedIn(data, log) };
}

function storedIn(data: string, log: string): Stored {
  const all = filesIn(data).filter(({ path }) => path.endsWith('.tsm'));
  return {
    data: sum(all),
    log: sum(filesIn(log)),
    files: all.length,
    shards: new Set(all.map(({ folder }) => folder)).size,
  };
}

interface File {
  readonly path: string;
  readonly folder: string;
  readonly bytes: number;
}

function filesIn(folder: string): readonly File[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name): readonly File[] => {
    const path = join(folder, name);
    // It removes files while we look.
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? [{ path, folder: join(path, '..'), bytes: found.size }] : [];
  });
}

function sum(files: readonly File[]): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}
