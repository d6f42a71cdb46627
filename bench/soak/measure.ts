import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../scripts/ejabberd/server.js';
import { until } from '../../test/integration/harness/until.js';

/** What a component's process has at a time. Sizes in MiB. */
export interface Held {
  readonly resident: number;
  /** After garbage was collected. */
  readonly heap: number;
  readonly database: number;
  /** Open file handles, sockets included. */
  readonly handles: number;
  /** Timers that keep the process alive. */
  readonly timers: number;
  /** All else that does. */
  readonly resources: number;
}

export interface Probe {
  /** For the environment of the process that is to be measured. */
  readonly environment: Readonly<Record<string, string>>;
  measure(pid: number, database: string): Promise<Held>;
  remove(): void;
}

const MIB = 1024 * 1024;
const PROBE_MS = 30_000;

interface Told {
  readonly rss: number;
  readonly heap: number;
  readonly resources: Readonly<Record<string, number>>;
}

export function createProbe(): Probe {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-soak-'));
  const file = join(folder, 'probe.json');
  return {
    environment: {
      NODE_OPTIONS: `--import=${join(packageRoot(), 'bench', 'soak', 'probe.mjs')}`,
      SOAK_PROBE: file,
    },
    async measure(pid, database) {
      rmSync(file, { force: true });
      process.kill(pid, 'SIGUSR2');
      await until(() => existsSync(file), 'the component says what it holds', PROBE_MS);
      const { rss, heap, resources }: Told = JSON.parse(readFileSync(file, 'utf8'));
      const { Timeout: timers = 0, ...others } = resources;
      return {
        resident: rss / MIB,
        heap: heap / MIB,
        database: sizeOf(database) / MIB,
        handles: readdirSync(`/proc/${pid}/fd`).length,
        timers,
        resources: Object.values(others).reduce((sum, count) => sum + count, 0),
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Of a database with its log. */
function sizeOf(database: string): number {
  const log = `${database}-wal`;
  return statSync(database).size + (existsSync(log) ? statSync(log).size : 0);
}
