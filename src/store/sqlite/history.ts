import type { Database } from 'better-sqlite3';
import { isSameNode } from '../../domain/read-out/assign-node.js';
import type { HistoryCursor, HistoryPage, HistoryQuery, NodeName, Reading, ValueType } from '../../domain/reading.js';
import { type Manner, mannerFromText } from './manner.js';
import type { StoredReading } from './readings/chunk-codec.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { type Bounds, stretchesKept } from './stretches-kept.js';

interface SeriesRow {
  readonly key: number;
  readonly ownership: number;
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
  readonly name: string;
  readonly type: ValueType;
  readonly unit: string;
}

/** A series of the ownership that is asked about. */
interface Series {
  readonly key: number;
  readonly ownership: number;
  readonly node: NodeName;
  readonly name: string;
  readonly type: ValueType;
  readonly unit: string;
}

interface Found {
  readonly series: Series;
  readonly row: StoredReading;
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
export function historyOf(
  db: Database,
  readings: KeptReadings,
): (query: HistoryQuery, limit: number, after?: HistoryCursor) => HistoryPage {
  const seriesOf = db.prepare<[string], SeriesRow>(
    `SELECT s.key, n.ownership, n.node_id, n.source_id, n.cache_type, s.name, s.type, s.unit
       FROM ownership o JOIN node n ON n.ownership = o.key JOIN series s ON s.node = n.key
      WHERE o.id = ? AND o.ended IS NULL
      ORDER BY n.node_id, n.source_id, n.cache_type, s.name, s.type, s.unit`,
  );
  const mannerOf = db.prepare<[number], string>('SELECT text FROM manner WHERE key = ?').pluck();

  const kept = stretchesKept(db);

  function* rowsOf(series: Series, all: Bounds, isBack: boolean): Generator<Found, undefined> {
    const parts = kept(series.key, all);
    for (const { from, to: until } of isBack ? parts.toReversed() : parts) {
      for (const row of readings.read(series.ownership, { series: series.key, from, until }, isBack))
        yield { series, row };
    }
    return undefined;
  }

  return (query, limit, after) => {
    const isBack = query.newestFirst === true;
    const bounds = boundsOf(query);
    const place = after === undefined ? undefined : placeOf(after);
    const inOrder = seriesOf
      .all(query.ownership)
      .map(seriesIn)
      .filter((series) => isAsked(series, query));
    const wanted = isBack ? inOrder.reverse() : inOrder;
    const given = wanted.findIndex(({ key }) => key === place?.series);
    const sources = wanted.map((series, index) =>
      rowsOf(series, leftOf(bounds, place, index <= given, isBack), isBack),
    );
    const found = mergeByTime(sources, limit + 1, isBack);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const manners = new Map<number, KnownManner>();
    const manner = (key: number): KnownManner => {
      const met = manners.get(key) ?? known(mannerFromText(mannerOf.get(key) ?? missing(key)));
      manners.set(key, met);
      return met;
    };
    return {
      readings: page.map(({ series, row }) => readingOf(series, row, manner(row.manner))),
      ...(last && found.length > limit && { next: cursorOf({ ms: last.row.ms, series: last.series.key }) }),
    };
  };
}

function boundsOf({ from, to }: HistoryQuery): Bounds {
  return { from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER };
}

function seriesIn({ node_id, source_id, cache_type, ...series }: SeriesRow): Series {
  return { ...series, node: { nodeId: node_id, sourceId: source_id, cacheType: cache_type } };
}

function isAsked(series: Series, { node, names }: HistoryQuery): boolean {
  if (names && !names.includes(series.name)) return false;
  return node === undefined || isSameNode(series.node, node);
}

/** Where a series has something after the place; of its very time, it may have been given. */
function leftOf(bounds: Bounds, place: Place | undefined, given: boolean, isBack: boolean): Bounds {
  if (place === undefined) return bounds;
  if (given) return beyond(bounds, place.ms, isBack);
  return isBack
    ? { ...bounds, to: Math.min(bounds.to, place.ms) }
    : { ...bounds, from: Math.max(bounds.from, place.ms) };
}

/** What is left of bounds after a time that is in them. */
function beyond({ from, to }: Bounds, ms: number, isBack: boolean): Bounds {
  return isBack ? { from, to: Math.min(to, ms - 1) } : { from: Math.max(from, ms + 1), to };
}

/** The first `most` of several sources, each in order; of one time, in the order of the sources. */
function mergeByTime(sources: readonly Generator<Found, undefined>[], most: number, isBack: boolean): readonly Found[] {
  const isBefore = (a: Found, b: Found): boolean => (isBack ? a.row.ms > b.row.ms : a.row.ms < b.row.ms);
  const heads = sources.map((source) => ({ source, head: source.next().value }));
  const merged: Found[] = [];
  while (merged.length < most) {
    let first: (typeof heads)[number] | undefined;
    for (const candidate of heads) {
      if (candidate.head && (!first?.head || isBefore(candidate.head, first.head))) first = candidate;
    }
    if (!first?.head) break;
    merged.push(first.head);
    first.head = first.source.next().value;
  }
  return merged;
}

/** Written out, as there are many: what few readings have is added to those alone. */
function readingOf({ node, name, type, unit }: Series, { ms, value }: StoredReading, manner: KnownManner): Reading {
  const { offsetMinutes, dataType, fieldTypes, qualities, more } = manner;
  const at = offsetMinutes === undefined ? { ms } : { ms, offsetMinutes };
  const reading = { node, at, name, type, value, unit, dataType, fieldTypes, qualities };
  return more === undefined ? reading : { ...reading, ...more };
}

/** A manner, and apart from the rest what few readings have. */
type KnownManner = Pick<Manner, 'offsetMinutes' | 'dataType' | 'fieldTypes' | 'qualities'> & {
  readonly more: Pick<Manner, 'module' | 'stringIds' | 'writable'> | undefined;
};

function known({ offsetMinutes, dataType, fieldTypes, qualities, ...more }: Manner): KnownManner {
  const common = { dataType, fieldTypes, qualities, more: Object.keys(more).length === 0 ? undefined : more };
  return offsetMinutes === undefined ? common : { ...common, offsetMinutes };
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
