import type { Database, Statement } from 'better-sqlite3';

/** Searches differ in operators, of which there are few combinations; those beyond are compiled again. */
const KEPT = 200;

export type Prepare = <Row>(sql: string) => Statement<unknown[], Row>;

/** Prepares statements whose texts come again. */
export function statementCache(db: Database): Prepare {
  const kept = new Map<string, Statement<unknown[], unknown>>();
  return <Row>(sql: string) => {
    const statement = kept.get(sql) ?? db.prepare<unknown[], unknown>(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return statement as Statement<unknown[], Row>;
  };
}
