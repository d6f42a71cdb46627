import type { Database } from 'better-sqlite3';
import type { Finding } from '../../../domain/finding.js';
import { contentsOf } from '../contents.js';
import { schemaVersion } from '../migrate.js';
import { MIGRATIONS } from '../migrations/index.js';
import { openReadOnly } from '../read-only.js';
import { type Fault, wordsOf } from './fault.js';
import { pageFaults, referenceFaults } from './pages.js';
import { chunkFaults, logFaults } from './readings.js';
import { schemaFaults } from './schema.js';
import { searchFaults } from './search.js';
import { textFaults } from './texts.js';

interface Check {
  readonly about: string;
  /** The schema from which on there is something to look at. */
  readonly since: number;
  readonly good: string;
  readonly todo: string;
  readonly look: (db: Database, schema: number) => Iterable<Fault>;
}

const RESTORE = 'Check the disk, and restore a backup from before: thingstead restore FILE.';
const SET_ASIDE =
  'What cannot be read is set aside when it is met, and the rest is served. Check the disk, and restore a backup if you need it.';
const REPORT = 'Nobody but thingstead should write the database. Restore a backup, or report this if nobody did.';

/** What is looked at, and what to do where it is not as it should be. */
const CHECKS: readonly Check[] = [
  { about: 'pages', since: 1, good: 'pages and indexes agree', todo: RESTORE, look: pageFaults },
  {
    about: 'references',
    since: 1,
    good: 'all rows that others refer to are there',
    todo: RESTORE,
    look: referenceFaults,
  },
  { about: 'schema', since: 1, good: 'all tables, indexes and triggers are there', todo: REPORT, look: schemaFaults },
  { about: 'texts', since: 1, good: 'tags, manners and requests can be read', todo: RESTORE, look: textFaults },
  {
    about: 'search',
    since: 1,
    good: 'Things are searched by the tags that they have',
    todo: REPORT,
    look: searchFaults,
  },
  {
    about: 'chunks',
    since: 7,
    good: 'all sealed readings decode, with their checksums',
    todo: SET_ASIDE,
    look: chunkFaults,
  },
  { about: 'log', since: 7, good: 'all readings that wait to be sealed decode', todo: SET_ASIDE, look: logFaults },
];

/** So many of one kind are said. */
const SAID = 5;

/**
 * Looks through a database without changing it, whoever uses it meanwhile: all of it as it was at one moment.
 *
 * @returns what was found, as it is found.
 */
export function* checkDatabase(file: string): Generator<Finding> {
  try {
    const { db, close } = openReadOnly(file);
    try {
      yield* checkOpen(db);
    } finally {
      close();
    }
  } catch (error) {
    yield { level: 'fault', about: 'database', words: wordsOf(error) };
  }
}

function* checkOpen(db: Database): Generator<Finding> {
  const schema = schemaVersion(db, MIGRATIONS.length);
  yield schemaFinding(schema);
  if (schema === 0) return;
  for (const check of CHECKS) if (schema >= check.since) yield* findingsOf(check, db, schema);
  yield* contentsFinding(db);
  if (schema >= 7) yield* setAside(db);
}

function schemaFinding(schema: number): Finding {
  const about = 'database';
  if (schema === 0) return { level: 'warning', about, words: 'it is empty, and gets its tables at the next start' };
  if (schema === MIGRATIONS.length) return { level: 'ok', about, words: `schema ${schema}, that of this program` };
  return {
    level: 'warning',
    about,
    words: `schema ${schema}; this program brings it to ${MIGRATIONS.length} at the next start`,
    todo: 'Make a backup before: an older program does not read it afterwards.',
  };
}

/** What cannot even be looked at is a fault, too. */
function* findingsOf(check: Check, db: Database, schema: number): Generator<Finding> {
  const { about, good, todo } = check;
  let faults = 0;
  for (const { words, todo: own = todo } of lookedAt(check, db, schema)) {
    faults += 1;
    if (faults <= SAID) yield { level: 'fault', about, words, todo: own };
  }
  if (faults > SAID) yield { level: 'fault', about, words: `and ${faults - SAID} more of this kind`, todo };
  if (faults === 0) yield { level: 'ok', about, words: good };
}

function* lookedAt({ look }: Check, db: Database, schema: number): Generator<Fault> {
  try {
    yield* look(db, schema);
  } catch (error) {
    yield { words: `it cannot be looked at any further: ${wordsOf(error)}`, todo: RESTORE };
  }
}

function* contentsFinding(db: Database): Generator<Finding> {
  try {
    const { things, readings } = contentsOf(db);
    yield { level: 'ok', about: 'contents', words: `${things} Things and ${readings} readings` };
  } catch (error) {
    yield { level: 'fault', about: 'contents', words: `they cannot be counted: ${wordsOf(error)}`, todo: RESTORE };
  }
}

/** What was found damaged before, and is not served. */
function* setAside(db: Database): Generator<Finding> {
  const about = 'set aside';
  const rows = db.prepare<[], { origin: string; parts: number; readings: number; found: number }>(
    'SELECT origin, count(*) AS parts, total(count) AS readings, max(found) AS found FROM damaged GROUP BY origin',
  );
  const all = rows.all();
  if (all.length === 0) yield { level: 'ok', about, words: 'nothing' };
  for (const { origin, parts, readings, found } of all) {
    const last = new Date(found).toISOString();
    yield {
      level: 'warning',
      about,
      words: `${parts} of the table ${origin} with ${readings} readings at least, the last found damaged at ${last}`,
      todo: 'They are not served. Check the disk; restore a backup from before if you need them, or else empty the table damaged.',
    };
  }
}

/** What is wrong with the readings of a database, in words; empty for one that has none. */
export function readingFaults(db: Database): readonly string[] {
  if (schemaVersion(db, MIGRATIONS.length) < 7) return [];
  return CHECKS.filter(({ about }) => about === 'chunks' || about === 'log').flatMap((check) =>
    [...lookedAt(check, db, 7)].map(({ words }) => words),
  );
}
