import { MINUTE, reports, START } from '../store/minute-series.js';
import { type PostgresPrograms, startPostgres } from './postgres.js';

/** What a row for each value comes to. */
export interface RowPerValue {
  /** Bytes of the table and of its index for each value. */
  readonly bytes: number;
  /** Times in ms: of the last 2,000 points of a series, and of a day somewhere in it. */
  readonly last: readonly number[];
  readonly day: readonly number[];
}

const FIELDS = 10;
const DAY_MINUTES = 1_440;
/** Of the name of a Thing, which is a UUID there. */
const PREFIX = '00000000-0000-0000-0000-';

/** As ThingsBoard's classic schema for PostgreSQL has it, but for its being cut by months, which costs no bytes. */
const TABLE = `
CREATE TABLE ts_kv (
  entity_id uuid NOT NULL,
  key       int NOT NULL,
  ts        bigint NOT NULL,
  bool_v    boolean,
  str_v     varchar(10000000),
  long_v    bigint,
  dbl_v     double precision,
  json_v    json,
  CONSTRAINT ts_kv_pkey PRIMARY KEY (entity_id, key, ts)
)`;

/** Writes the minute series that ours gets, in the order in which devices report them, and reads them back. */
export async function rowPerValue(
  programs: PostgresPrograms,
  folder: string,
  things: number,
  minutes: number,
  times: number,
): Promise<RowPerValue> {
  const server = await startPostgres(programs, folder);
  try {
    server.run(TABLE);
    await server.copy('ts_kv', rows(things, minutes));
    server.run('VACUUM (ANALYZE) ts_kv');
    const [count = 0, bytes = Number.NaN] = server
      .run("SELECT count(*), pg_total_relation_size('ts_kv') FROM ts_kv")
      .split('|')
      .map(Number);
    if (count !== things * minutes * FIELDS) throw new Error(`PostgreSQL has ${count} rows`);
    const series = `\\set thing random(0, ${things - 1})\n\\set field random(0, ${FIELDS - 1})\n`;
    const ofSeries = `SELECT ts, dbl_v FROM ts_kv WHERE entity_id = ('${PREFIX}' || lpad((:thing)::text, 12, '0'))::uuid AND key = :field`;
    const from = `\\set from ${START} + ${MINUTE} * random(0, ${minutes - DAY_MINUTES})\n\\set until :from + ${DAY_MINUTES * MINUTE}\n`;
    return {
      bytes: bytes / count,
      last: server.time('last', `${series}${ofSeries} ORDER BY ts DESC LIMIT 2000;\n`, times),
      day: server.time('day', `${series}${from}${ofSeries} AND ts BETWEEN :from AND :until ORDER BY ts;\n`, times),
    };
  } finally {
    await server.stop();
  }
}

function* rows(things: number, minutes: number): Generator<string> {
  for (const { thing, ms, values } of reports(things, minutes, FIELDS)) {
    const entity = `${PREFIX}${String(thing).padStart(12, '0')}`;
    yield values.map((value, key) => `${entity}\t${key}\t${ms}\t\\N\t\\N\t\\N\t${value}\t\\N\n`).join('');
  }
}
