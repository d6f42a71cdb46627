import type { Database } from 'better-sqlite3';
import { createChunkCache } from './chunk-cache.js';
import { DamagedChunk, decodeChunk, encodeChunk, type StoredReading } from './chunk-codec.js';
import { type ChunkRow, chunkRows, type NewChunk, type OpenChunk } from './chunk-rows.js';
import type { SetAside } from './damaged.js';
import { mergeReadings, type Replaces } from './merge-readings.js';
import { joinBodies, splitBody } from './open-body.js';

/** Of a page of 4096 bytes half, less what SQLite and the other columns of a row take. */
const FULL_BYTES = 2_005;
/** An open chunk of more parts is made one. */
const MOST_PARTS = 8;

/** Readings of one series. */
export interface Stretch {
  readonly series: number;
  /** Both included, in ms since 1970. */
  readonly from: number;
  readonly until: number;
}

export interface ChunkStore {
  /**
   * Readings of a stretch, in order of time, or the latest first; decoded as they are taken. Outside a transaction what is
   * found damaged is set aside a little later.
   */
  read(stretch: Stretch, isBack: boolean): Generator<StoredReading, undefined>;
  /** Puts arrivals among what there is. To be called inside a transaction. */
  merge(series: number, arrivals: readonly StoredReading[], replaces: Replaces): void;
  /** The part that has the oldest readings of a series: where it begins, where the next does, and how many it has. */
  oldest(series: number): { readonly firstMs: number; readonly endMs: number; readonly count: number } | undefined;
  /**
   * Deletes readings, the oldest first. To be called inside a transaction.
   * @returns how many, which is less than `most` only if no more are left there.
   */
  remove(stretch: Stretch, most: number): number;
}

/**
 * What is sealed of the readings: see the comments on the tables. It keeps the number of readings of each series right.
 *
 * @param later runs something in a transaction of its own.
 */
export function chunkStore(db: Database, setAside: SetAside, later: (unit: () => void) => void): ChunkStore {
  const rows = chunkRows(db);
  const decoded = createChunkCache();
  const count = db.prepare<[number, number]>('UPDATE series SET readings = readings + ? WHERE key = ?');

  /** None, of what is damaged. */
  function readingsOf(row: ChunkRow, onDamage: (why: string) => void): readonly StoredReading[] {
    try {
      return row.key === undefined
        ? decoded(`open ${row.series}`, row.body, decodeOpen)
        : decoded(`full ${row.key}`, row.body, decodeChunk);
    } catch (error) {
      if (!(error instanceof DamagedChunk)) throw error;
      onDamage(error.message);
      return [];
    }
  }

  /** Of a row that is about to be written again. */
  function readingsToReplace(row: ChunkRow): readonly StoredReading[] {
    return readingsOf(row, (why) => keepDamaged(row, why));
  }

  function keepDamaged({ key, series: owner, count, body }: ChunkRow, why: string): void {
    setAside({ origin: key === undefined ? 'open_chunk' : 'chunk', owner, count, body, why });
  }

  function removeDamaged(row: ChunkRow, why: string): void {
    if (!rows.again(row)?.body.equals(row.body)) return;
    keepDamaged(row, why);
    replace(row, row.series, []);
    openLast(row.series);
  }

  /** Writes readings as chunks, in place of one. Their last one is open if that was so, or there was none. */
  function replace(before: ChunkRow | undefined, series: number, readings: readonly StoredReading[]): void {
    const chunks = [...encoded(series, readings)];
    const last = before?.key === undefined ? chunks.pop() : undefined;
    if (before?.key !== undefined) {
      const [first] = chunks.splice(0, 1);
      if (first === undefined) rows.remove(before);
      else rows.changeFull({ ...first, key: before.key });
    }
    for (const chunk of chunks) rows.addFull(chunk);
    if (last !== undefined) rows.putOpen(opened(last, readings.at(-1)?.ms ?? 0));
    else if (before !== undefined && before.key === undefined) rows.remove(before);
    const more = readings.length - (before?.count ?? 0);
    if (more !== 0) count.run(more, series);
  }

  /** Where all of it comes after what there is, and there is room, it is a part of the open chunk of its own. */
  function append(open: OpenChunk, arrivals: readonly StoredReading[], replaces: Replaces): boolean {
    const later = mergeReadings([], arrivals, replaces);
    const [first, last] = [later[0], later.at(-1)];
    if (first === undefined || last === undefined || first.ms <= open.lastMs) return false;
    if ((splitBody(open.body)?.length ?? MOST_PARTS) >= MOST_PARTS) return false;
    const { body, count: added } = encodeChunk(later, 0, FULL_BYTES);
    if (added < later.length || open.body.length + body.length > FULL_BYTES) return false;
    const joined = Buffer.concat([open.body, joinBodies([body])]);
    rows.putOpen({ ...open, lastMs: last.ms, count: open.count + added, body: joined });
    count.run(added, open.series);
    return true;
  }

  /** Puts what belongs to full chunks there, chunk by chunk. @returns what belongs to the open one. */
  function mergeLate(
    series: number,
    arrivals: readonly StoredReading[],
    openFrom: number,
    replaces: Replaces,
  ): readonly StoredReading[] {
    const late = arrivals.filter(({ ms }) => ms < openFrom).sort((a, b) => a.ms - b.ms);
    if (late.length === 0 || rows.fullBefore(series, openFrom) === undefined) return arrivals;
    for (let rest: readonly StoredReading[] = late; rest[0] !== undefined; ) {
      const { ms } = rest[0];
      const row = rows.fullBefore(series, ms + 1) ?? rows.fullAfter(series, ms);
      if (row === undefined) break;
      const end = rows.fullAfter(series, Math.max(row.firstMs, ms))?.firstMs ?? openFrom;
      const part = rest.filter((reading) => reading.ms < end);
      replace(row, series, mergeReadings(readingsToReplace(row), part, replaces));
      rest = rest.slice(part.length);
    }
    return arrivals.filter(({ ms }) => ms >= openFrom);
  }

  function* read({ series, from, until }: Stretch, isBack: boolean): Generator<StoredReading, undefined> {
    const chunks = isBack ? chunksBack(series, from, until) : chunksOnward(series, from, until);
    for (const row of chunks) {
      const readings = readingsOf(row, (why) => later(() => removeDamaged(row, why)));
      const within = readings.filter(({ ms }) => ms >= from && ms <= until);
      yield* isBack ? within.reverse() : within;
    }
    return undefined;
  }

  function* chunksOnward(series: number, from: number, until: number): Generator<ChunkRow> {
    let row = rows.fullBefore(series, from + 1) ?? rows.fullAfter(series, from);
    for (; row !== undefined && row.firstMs <= until; row = rows.fullAfter(series, row.firstMs)) yield row;
    const open = rows.open(series);
    if (open !== undefined && open.firstMs <= until) yield open;
  }

  function* chunksBack(series: number, from: number, until: number): Generator<ChunkRow> {
    const open = rows.open(series);
    if (open !== undefined && open.firstMs <= until) yield open;
    // The last that begins before `from` may reach into it.
    for (let row = rows.fullBefore(series, until + 1); row; row = rows.fullBefore(series, row.firstMs)) {
      yield row;
      if (row.firstMs <= from) return;
    }
  }

  /** What is left is never without an open chunk, so that it is known where it ends. */
  function openLast(series: number): void {
    if (rows.open(series) !== undefined) return;
    const last = rows.fullBefore(series, Number.MAX_SAFE_INTEGER);
    if (last === undefined) return;
    const lastMs = readingsToReplace(last).at(-1)?.ms ?? last.firstMs;
    rows.remove(last);
    rows.putOpen(opened(last, lastMs));
  }

  return {
    read,

    merge(series, arrivals, replaces) {
      if (arrivals.length === 0) return;
      const open = rows.open(series);
      if (open !== undefined && append(open, arrivals, replaces)) return;
      const here = open === undefined ? arrivals : mergeLate(series, arrivals, open.firstMs, replaces);
      if (here.length > 0) replace(open, series, mergeReadings(open ? readingsToReplace(open) : [], here, replaces));
    },

    oldest(series) {
      const first = rows.fullAfter(series, Number.MIN_SAFE_INTEGER);
      const open = rows.open(series);
      if (first === undefined) return open && { firstMs: open.firstMs, endMs: open.lastMs + 1, count: open.count };
      const next = rows.fullAfter(series, first.firstMs) ?? open;
      return { firstMs: first.firstMs, endMs: next?.firstMs ?? first.firstMs + 1, count: first.count };
    },

    remove({ series, from, until }, most) {
      let removed = 0;
      if (most <= 0) return removed;
      // A row that is written again comes once more, now with nothing that is to go.
      for (const row of chunksOnward(series, from, until)) {
        const kept = readingsToReplace(row).filter(({ ms }) => {
          const goes = ms >= from && ms <= until && removed < most;
          if (goes) removed += 1;
          return !goes;
        });
        if (kept.length < row.count) replace(row, series, kept);
        if (removed >= most) break;
      }
      if (removed > 0) openLast(series);
      return removed;
    },
  };
}

/** @throws DamagedChunk */
export function decodeOpen(body: Buffer): readonly StoredReading[] {
  const parts = splitBody(body);
  if (parts === undefined) throw new DamagedChunk('an open chunk whose parts are not as long as they say');
  return parts.flatMap(decodeChunk);
}

function opened({ series, firstMs, count, body }: NewChunk, lastMs: number): OpenChunk {
  return { key: undefined, series, firstMs, lastMs, count, body: joinBodies([body]) };
}

function* encoded(series: number, readings: readonly StoredReading[]): Generator<NewChunk> {
  for (let at = 0; at < readings.length; ) {
    const { body, count } = encodeChunk(readings, at, FULL_BYTES);
    yield { series, firstMs: readings[at]?.ms ?? 0, count, body };
    at += count;
  }
}
