import type { Database } from 'better-sqlite3';
import type { HistoryCursor, HistoryPage, HistoryQuery, Reading, ValueType } from '../../domain/reading.js';
import { type Manner, mannerFromText } from './manner.js';

interface SeriesRow {
  readonly key: number;
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
  readonly name: string;
  readonly type: ValueType;
  readonly unit: string;
}

interface ReadingRow {
  readonly ms: number;
  readonly value: string;
  readonly manner: number;
}

interface Found {
  readonly series: SeriesRow;
  readonly row: ReadingRow;
}

/**
 * A place in a history: everything up to and with it has been given. Of one time, series come by node and name, not by
 * their keys, which depend on what arrived first.
 */
interface Place {
  readonly ms: number;
  readonly series: number;
}

/**
 * Reads a history page by page. Each series lies in the order of time; a page is merged from as little of each as it
 * needs, so that its cost is that of the page, however long the history.
 */
export function historyOf(db: Database): (query: HistoryQuery, limit: number, after?: HistoryCursor) => HistoryPage {
  const seriesOf = db.prepare<[string], SeriesRow>(
    `SELECT s.key, n.node_id, n.source_id, n.cache_type, s.name, s.type, s.unit
       FROM ownership o JOIN node n ON n.ownership = o.key JOIN series s ON s.node = n.key
      WHERE o.id = ? AND o.ended IS NULL
      ORDER BY n.node_id, n.source_id, n.cache_type, s.name, s.type, s.unit`,
  );
  const rowsOf = db.prepare<[number, number, number, number], ReadingRow>(
    'SELECT ms, value, manner FROM reading WHERE series = ? AND ms >= ? AND ms <= ? ORDER BY ms LIMIT ?',
  );
  const mannerOf = db.prepare<[number], string>('SELECT text FROM manner WHERE key = ?').pluck();

  /** Fetches a few rows at a time, as they are taken. */
  function* rowsAfter(series: SeriesRow, from: number, to: number, few: number): Generator<Found, undefined> {
    for (let next = from; ; ) {
      const rows = rowsOf.all(series.key, next, to, few);
      for (const row of rows) yield { series, row };
      const last = rows.at(-1);
      if (last === undefined || rows.length < few) return undefined;
      next = last.ms + 1;
    }
  }

  return (query, limit, after) => {
    const { from, to } = boundsOf(query);
    const place = after === undefined ? undefined : placeOf(after);
    const wanted = seriesOf.all(query.ownership).filter((series) => isAsked(series, query));
    const few = Math.max(8, Math.ceil((2 * limit) / Math.max(1, wanted.length)));
    const given = wanted.findIndex(({ key }) => key === place?.series);
    const sources = wanted.map((series, index) =>
      rowsAfter(series, Math.max(from, startAfter(place, index <= given)), to, few),
    );
    const found = mergeByTime(sources, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const manners = new Map<number, Manner>();
    const manner = (key: number): Manner => {
      const known = manners.get(key) ?? mannerFromText(mannerOf.get(key) ?? missing(key));
      manners.set(key, known);
      return known;
    };
    return {
      readings: page.map(({ series, row }) => readingOf(series, row, manner(row.manner))),
      ...(last && found.length > limit && { next: cursorOf({ ms: last.row.ms, series: last.series.key }) }),
    };
  };
}

function boundsOf({ from, to }: HistoryQuery): { from: number; to: number } {
  return { from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER };
}

function isAsked(series: SeriesRow, { node, names }: HistoryQuery): boolean {
  if (names && !names.includes(series.name)) return false;
  return (
    node === undefined ||
    (series.node_id === node.nodeId && series.source_id === node.sourceId && series.cache_type === node.cacheType)
  );
}

/** The least time at which a series has something after the place; of its very time, it may have been given. */
function startAfter(place: Place | undefined, given: boolean): number {
  if (place === undefined) return Number.MIN_SAFE_INTEGER;
  return given ? place.ms + 1 : place.ms;
}

/** The first `most` of several sources, each in order; of one time, in the order of the sources. */
function mergeByTime(sources: readonly Generator<Found, undefined>[], most: number): readonly Found[] {
  const heads = sources.map((source) => ({ source, head: source.next().value }));
  const merged: Found[] = [];
  while (merged.length < most) {
    let first: (typeof heads)[number] | undefined;
    for (const candidate of heads) {
      if (candidate.head && (!first?.head || candidate.head.row.ms < first.head.row.ms)) first = candidate;
    }
    if (!first?.head) break;
    merged.push(first.head);
    first.head = first.source.next().value;
  }
  return merged;
}

function readingOf(series: SeriesRow, row: ReadingRow, { offsetMinutes, ...manner }: Manner): Reading {
  return {
    ...manner,
    node: { nodeId: series.node_id, sourceId: series.source_id, cacheType: series.cache_type },
    name: series.name,
    type: series.type,
    unit: series.unit,
    value: row.value,
    at: { ms: row.ms, ...(offsetMinutes !== undefined && { offsetMinutes }) },
  };
}

function cursorOf({ ms, series }: Place): HistoryCursor {
  return `${ms}:${series}` as HistoryCursor;
}

function placeOf(cursor: HistoryCursor): Place {
  const [ms, series] = cursor.split(':').map(Number);
  if (ms === undefined || series === undefined) throw new Error(`'${cursor}' is no place in a history`);
  return { ms, series };
}

function missing(manner: number): never {
  throw new Error(`The database is damaged: a reading refers to manner ${manner}, which is not there`);
}
