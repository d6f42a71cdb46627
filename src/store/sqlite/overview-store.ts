import type { Database } from 'better-sqlite3';
import type { Overview } from '../../domain/overview.js';
import { backlog } from './backlog.js';
import { counts } from './counts.js';
import type { GroupCommit } from './group-commit.js';
import { listDevices } from './list-devices.js';
import { listThings } from './list-things.js';
import type { KeptReadings } from './readings/kept-readings.js';
import type { Sealer } from './readings/sealer.js';
import { uses } from './uses.js';

export function overviewStore(db: Database, sealing: Sealer, commit: GroupCommit, kept: KeptReadings): Overview {
  return {
    things: listThings(db),
    devices: listDevices(db),
    counts: counts(db, sealing),
    uses: uses(db),
    backlog: backlog(db, commit, kept),
  };
}
