import Sqlite, { type Database } from 'better-sqlite3';
import { migrate, schemaVersion } from '../migrate.js';
import { MIGRATIONS } from '../migrations/index.js';
import type { Fault } from './fault.js';

interface Part {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** Tables that are there until a start has done what they are for: see readings/move-rows.ts and search/fill-models.ts. */
const PASSING: ReadonlySet<string> = new Set(['reading', 'of_model_from']);

/** Tables, indexes and triggers that are missing, or are not as this program makes them for the schema of the database. */
export function* schemaFaults(db: Database): Generator<Fault> {
  const [wanted, found] = [partsOf(made(schemaVersion(db, MIGRATIONS.length))), partsOf(db)];
  for (const [key, { sql }] of wanted) {
    const other = found.get(key);
    if (other === undefined) yield { words: `the ${key} is missing`, ...(sql !== null && isMade(key) && remade(sql)) };
    else if (plain(other.sql) !== plain(sql))
      yield { words: `the ${key} is not what it should be: ${plain(other.sql)}` };
  }
  for (const key of found.keys()) if (!wanted.has(key)) yield { words: `the ${key} is none of thingstead` };
}

function made(version: number): Database {
  const fresh = new Sqlite(':memory:');
  migrate(fresh, MIGRATIONS.slice(0, version));
  return fresh;
}

function partsOf(db: Database): ReadonlyMap<string, Part> {
  const parts = db.prepare<[], Part>('SELECT type, name, sql FROM sqlite_schema').all();
  const ours = parts.filter(({ name }) => !PASSING.has(name) && !name.startsWith('sqlite_'));
  return new Map(ours.map((part) => [`${part.type} ${part.name}`, part]));
}

/** An index or a trigger holds nothing of its own. */
function isMade(key: string): boolean {
  return key.startsWith('index ') || key.startsWith('trigger ');
}

function remade(sql: string): Pick<Fault, 'todo'> {
  return { todo: `Stop the component, and run in sqlite3: ${plain(sql)};` };
}

function plain(sql: string | null): string {
  return (sql ?? '').replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim();
}
