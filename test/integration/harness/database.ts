import Sqlite from 'better-sqlite3';

/** What requests change: all but who was seen where, who failed to claim, and the audit trail. */
const TABLES = [
  'thing',
  'ownership',
  'share',
  'tag_str',
  'tag_num',
  'notice',
  'friend_notice',
  'lost_friend',
  'node',
  'series',
  'log_a',
  'log_b',
  'chunk',
  'open_chunk',
];

/** All that the registry knows, read past the component: to see that a request changed nothing. */
export function contents(file: string): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(TABLES.map((table) => [table, rows(file, `SELECT * FROM ${table} ORDER BY 1, 2`)]));
}

/** The rows of a query, read past the component. */
export function rows<Row = Readonly<Record<string, unknown>>>(
  file: string,
  query: string,
  ...values: unknown[]
): readonly Row[] {
  const db = new Sqlite(file, { readonly: true });
  try {
    return db.prepare<unknown[], Row>(query).all(...values);
  } finally {
    db.close();
  }
}
