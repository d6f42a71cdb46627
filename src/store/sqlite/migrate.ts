import { basename } from 'node:path';
import type { Database } from 'better-sqlite3';
import { DatabaseFault } from './database-fault.js';

/** Marks a SQLite file as ours: "thgs". */
const APPLICATION_ID = 0x74686773;

/**
 * Brings a database to the present schema: each missing step in a transaction of its own, together with the version
 * that it leads to, so that one that fails or is cut short leaves the database as it was before that step.
 *
 * @throws DatabaseFault for a database of a newer program or of another one, and for a step that fails.
 */
export function migrate(db: Database, migrations: readonly string[]): void {
  const version = schemaVersion(db, migrations.length);
  for (const [index, sql] of migrations.entries()) {
    if (index >= version) apply(db, index + 1, sql);
  }
}

/**
 * The schema of a database: 0 where there is nothing in it yet.
 *
 * @param known the newest that this program knows.
 * @throws DatabaseFault for a database of a newer program or of another one.
 */
export function schemaVersion(db: Database, known: number): number {
  const name = basename(db.name);
  const version = numberOf(db, 'user_version');
  if (version === 0 ? !isEmpty(db) : numberOf(db, 'application_id') !== APPLICATION_ID) {
    throw new DatabaseFault(`${name} is a SQLite database, but not one of thingstead. Name another file.`);
  }
  if (version > known) {
    throw new DatabaseFault(
      `${name} was written by a newer thingstead (schema ${version}, this program knows ${known}). ` +
        'Run the newer program, or restore a backup from before the upgrade.',
    );
  }
  return version;
}

function apply(db: Database, version: number, sql: string): void {
  const step = db.transaction(() => {
    db.exec(sql);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${version}`);
  });
  try {
    step.immediate();
  } catch (error) {
    throw new DatabaseFault(
      `${basename(db.name)} could not be brought to schema ${version}: ${error instanceof Error ? error.message : error}. ` +
        'It is as it was before; free space or repair the cause, and start again.',
      { cause: error },
    );
  }
}

function isEmpty(db: Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function numberOf(db: Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }));
}
