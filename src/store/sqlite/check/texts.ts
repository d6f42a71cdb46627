import type { Database } from 'better-sqlite3';
import { mannerFromText } from '../manner.js';
import { tagsFromText } from '../tag-text.js';
import type { Fault } from './fault.js';

interface Text {
  readonly key: number;
  readonly text: string;
}

/** What is kept as text that has to be read again: each is tried by who reads it. */
const TEXTS = [
  { what: 'the tags of Thing', rows: 'SELECT id AS key, tags AS text FROM thing', since: 1, read: tagsFromText },
  { what: 'the manner', rows: 'SELECT key, text FROM manner', since: 1, read: mannerFromText },
  {
    what: 'the queued read-out',
    rows: 'SELECT rowid AS key, plan AS text FROM queued_read_out',
    since: 2,
    read: JSON.parse,
  },
  {
    what: 'the recording of ownership',
    rows: 'SELECT ownership AS key, types AS text FROM recording',
    since: 3,
    read: JSON.parse,
  },
] as const;

/** Texts that cannot be read. What they say is not repeated. */
export function* textFaults(db: Database, schema: number): Generator<Fault> {
  for (const { what, rows, since, read } of TEXTS) {
    if (schema < since) continue;
    for (const { key, text } of db.prepare<[], Text>(rows).iterate()) {
      if (!isReadable(() => read(text))) yield { words: `${what} ${key} cannot be read` };
    }
  }
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
