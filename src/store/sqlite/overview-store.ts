import type { Database } from 'better-sqlite3';
import type { Overview } from '../../domain/overview.js';
import { counts } from './counts.js';
import { listDevices } from './list-devices.js';
import { listThings } from './list-things.js';
import type { Sealer } from './readings/sealer.js';
import { uses } from './uses.js';

export function overviewStore(db: Database, sealing: Sealer): Overview {
  return { things: listThings(db), devices: listDevices(db), counts: counts(db, sealing), uses: uses(db) };
}
