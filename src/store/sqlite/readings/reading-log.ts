import type { Database } from 'better-sqlite3';
import type { StoredReading } from './chunk-codec.js';
import type { SetAside } from './damaged.js';
import { createRowEncoder, type LoggedReading } from './log-row.js';
import { LOG_TABLES, type LogName, logTable } from './log-table.js';

/** Of a series of an ownership, in the order in which they arrived. */
export interface Arrivals {
  readonly series: number;
  readonly readings: readonly StoredReading[];
}

/** What arrived and is not sealed yet, in the order in which it did. */
export interface ReadingLog {
  /** To be called inside a transaction. */
  append(ownership: number, readings: readonly LoggedReading[]): void;
  /** What there is of an ownership. */
  of(ownership: number): readonly LoggedReading[];
  /** About how many readings that are, and since when (ms since 1970); more, and longer ago, where it is not known. */
  extentOf(ownership: number): { readonly readings: number; readonly oldestMs: number };
  /** Another number whenever that is something else; 0 for nothing. */
  versionOf(ownership: number): number;
  /** What the bodies of its rows take, those included that have been sealed while others of their table have not. */
  bytes(): number;
  /** Whether there is so much that it should be sealed, or sealing has begun. */
  readonly isDue: boolean;
  /** Takes out all that there is of an ownership. To be called inside a transaction. */
  take(ownership: number): readonly LoggedReading[];
  /**
   * Takes out some of one series of the table that is being sealed; the other's turn is when it is large enough, or
   * `isForced`. To be called inside a transaction.
   * @returns `more` where nothing was taken this time, but there may be more; undefined where nothing is to be sealed.
   */
  takeNext(isForced: boolean): Arrivals | 'more' | undefined;
  /** What was written may have been undone. */
  forget(): void;
}

/** See the table `log_state`. */
interface State {
  readonly active: LogName;
  readonly isSealing: 0 | 1;
  readonly ownership: number;
  readonly toKey: number;
  readonly sliceKey: number;
  readonly toSeries: number;
}

/** What the log has of one ownership: the keys of its rows in either table, in the order in which they arrived. */
interface Rows extends Record<LogName, number[]> {
  version: number;
  /** Of what arrived since it was first looked; without bound for what was there before. */
  readings: number;
  oldestMs: number;
}

/** What is known of the log, of which the database has the truth. */
interface Known {
  state: State;
  readonly rows: Map<number, Rows>;
  /** Of the bodies in each table. */
  readonly bytes: Record<LogName, number>;
  /** Ownerships that may have something to be sealed, in the order in which they are. */
  queue: number[];
  /** What is left of the slice that is being sealed, by series; undefined where that is yet to be read. */
  slice: Arrivals[] | undefined;
}

/** A slice has about so many readings. */
const SLICE = 4_000;

/**
 * Which rows there are is known by heart, so that what arrives costs an append and no index; it is found out by a look
 * through the keys at the start.
 *
 * @param onDamage is told in words of rows that are passed over.
 * @param sealFrom so many bytes in a table are enough to seal it.
 */
export function readingLog(
  db: Database,
  setAside: SetAside,
  onDamage: (words: string) => void,
  sealFrom: number,
): ReadingLog {
  const tables = { a: logTable(db, 'a', setAside, onDamage), b: logTable(db, 'b', setAside, onDamage) };
  const getState = db.prepare<[], State>(
    `SELECT active, is_sealing AS isSealing, ownership, to_key AS toKey, slice_key AS sliceKey, to_series AS toSeries
       FROM log_state`,
  );
  const putState = db.prepare<State>(
    `UPDATE log_state SET active = :active, is_sealing = :isSealing, ownership = :ownership, to_key = :toKey,
                          slice_key = :sliceKey, to_series = :toSeries`,
  );
  const encode = createRowEncoder();
  let version = 0;
  let known: Known | undefined;

  function now(): Known {
    known ??= lookThrough();
    return known;
  }

  function lookThrough(): Known {
    const state = getState.get();
    if (state === undefined) throw new Error('The database is damaged: the table log_state is empty');
    const found: Known = { state, rows: new Map(), bytes: { a: 0, b: 0 }, queue: [], slice: undefined };
    for (const name of LOG_TABLES) {
      for (const { key, ownership, length } of tables[name].all()) {
        found.bytes[name] += length;
        if (isSealed(state, name, ownership, key)) continue;
        const rows = rowsIn(found, ownership);
        rows[name].push(key);
        rows.readings = Number.POSITIVE_INFINITY;
        rows.oldestMs = Number.NEGATIVE_INFINITY;
      }
    }
    found.queue = inOrder(found.rows);
    return found;
  }

  function rowsIn(where: Known, ownership: number): Rows {
    const rows = where.rows.get(ownership) ?? {
      a: [],
      b: [],
      version: 0,
      readings: 0,
      oldestMs: Number.POSITIVE_INFINITY,
    };
    where.rows.set(ownership, rows);
    rows.version = ++version;
    return rows;
  }

  function setState(change: Partial<State>): void {
    const state = { ...now().state, ...change };
    putState.run(state);
    now().state = state;
  }

  function of(ownership: number): readonly LoggedReading[] {
    const { rows, state } = now();
    const has = rows.get(ownership);
    if (has === undefined) return [];
    const sealing = other(state.active);
    const isBegun = state.ownership === ownership && state.sliceKey > 0;
    const early = isBegun
      ? withoutSealed(tables[sealing], ownership, has[sealing], state)
      : tables[sealing].read(ownership, has[sealing]);
    return [...early, ...tables[state.active].read(ownership, has[state.active])];
  }

  /** Turns the tables round: what arrives from now on goes to the empty one. */
  function begin(): void {
    setState({ ...NOTHING_SEALED, active: other(now().state.active), isSealing: 1 });
    now().queue = inOrder(now().rows);
    now().slice = undefined;
  }

  function end(): void {
    const name = other(now().state.active);
    tables[name].empty();
    now().bytes[name] = 0;
    setState({ ...NOTHING_SEALED, isSealing: 0 });
  }

  /** The next ownership that has something to be sealed. */
  function nextOwnership(name: LogName): number | undefined {
    const { queue, rows } = now();
    for (let [next] = queue; next !== undefined; [next] = queue) {
      if ((rows.get(next)?.[name].length ?? 0) > 0) return next;
      queue.shift();
    }
    return undefined;
  }

  /** Reads the next slice, or what was left of one. @returns false if there is none. */
  function readSlice(name: LogName): boolean {
    const ownership = nextOwnership(name);
    if (ownership === undefined) return false;
    const { rows, state } = now();
    const keys = rows.get(ownership)?.[name] ?? [];
    if (state.ownership === ownership && state.sliceKey > 0) {
      const { sliceKey, toSeries } = state;
      const left = tables[name].take(
        ownership,
        keys.filter((key) => key <= sliceKey),
        Number.POSITIVE_INFINITY,
      );
      now().slice = bySeries(left.readings).filter(({ series }) => series > toSeries);
      return true;
    }
    const { readings, rows: count } = tables[name].take(ownership, keys, SLICE);
    now().slice = bySeries(readings);
    const toKey = state.ownership === ownership ? state.toKey : 0;
    setState({ ownership, toKey, sliceKey: keys[count - 1] ?? 0, toSeries: 0 });
    return true;
  }

  /** All of the slice is sealed: its rows are none of ours any more, and go with the table. */
  function endSlice(name: LogName): void {
    const { state } = now();
    const rows = rowsIn(now(), state.ownership);
    rows[name].splice(0, rows[name].findLastIndex((key) => key <= state.sliceKey) + 1);
    if (rows.a.length === 0 && rows.b.length === 0) now().rows.delete(state.ownership);
    setState({ toKey: state.sliceKey, sliceKey: 0, toSeries: 0 });
    now().slice = undefined;
  }

  return {
    append(ownership, readings) {
      if (readings.length === 0) return;
      const { state, bytes } = now();
      const body = encode(readings);
      const rows = rowsIn(now(), ownership);
      rows[state.active].push(tables[state.active].add(ownership, body));
      rows.readings += readings.length;
      for (const { ms } of readings) if (ms < rows.oldestMs) rows.oldestMs = ms;
      bytes[state.active] += body.length;
    },

    of,
    extentOf: (ownership) => now().rows.get(ownership) ?? NOTHING,
    versionOf: (ownership) => now().rows.get(ownership)?.version ?? 0,

    bytes: () => now().bytes.a + now().bytes.b,

    get isDue() {
      const { state, bytes } = now();
      return state.isSealing === 1 || bytes[state.active] >= sealFrom;
    },

    take(ownership) {
      const { rows, state } = now();
      const has = rows.get(ownership);
      if (has === undefined) return [];
      const readings = of(ownership);
      for (const name of LOG_TABLES) tables[name].remove(has[name]);
      rows.delete(ownership);
      if (state.ownership === ownership) {
        setState({ sliceKey: 0, toSeries: 0 });
        now().slice = undefined;
      }
      return readings;
    },

    takeNext(isForced) {
      const { state, bytes } = now();
      if (state.isSealing === 0) {
        if (bytes[state.active] < (isForced ? 1 : sealFrom)) return undefined;
        begin();
      }
      const name = other(now().state.active);
      if (now().slice === undefined && !readSlice(name)) {
        end();
        return 'more';
      }
      const next = now().slice?.shift();
      if (next === undefined) {
        endSlice(name);
        return 'more';
      }
      setState({ toSeries: next.series });
      rowsIn(now(), now().state.ownership);
      return next;
    },

    forget() {
      known = undefined;
    },
  };
}

const NOTHING = { readings: 0, oldestMs: Number.POSITIVE_INFINITY };
const NOTHING_SEALED = { ownership: 0, toKey: 0, sliceKey: 0, toSeries: 0 };

function isSealed(state: State, name: LogName, ownership: number, key: number): boolean {
  if (state.isSealing === 0 || name === state.active) return false;
  return ownership < state.ownership || (ownership === state.ownership && key <= state.toKey);
}

/** Of the slice that is being sealed, some series are. */
function withoutSealed(
  table: ReturnType<typeof logTable>,
  ownership: number,
  keys: readonly number[],
  { sliceKey, toSeries }: State,
): readonly LoggedReading[] {
  const isInSlice = (key: number): boolean => key <= sliceKey;
  const slice = table.read(ownership, keys.filter(isInSlice)).filter(({ series }) => series > toSeries);
  return [
    ...slice,
    ...table.read(
      ownership,
      keys.filter((key) => !isInSlice(key)),
    ),
  ];
}

function inOrder(rows: ReadonlyMap<number, Rows>): number[] {
  return [...rows.keys()].sort((a, b) => a - b);
}

/** In the order of their keys; each in the order in which they arrived. */
export function bySeries(readings: readonly LoggedReading[]): Arrivals[] {
  const all = new Map<number, StoredReading[]>();
  for (const reading of readings) {
    const of = all.get(reading.series);
    if (of === undefined) all.set(reading.series, [reading]);
    else of.push(reading);
  }
  return [...all].sort(([a], [b]) => a - b).map(([series, of]) => ({ series, readings: of }));
}

function other(name: LogName): LogName {
  return name === 'a' ? 'b' : 'a';
}
