import type { Database } from 'better-sqlite3';
import type { StoredReading } from './chunk-codec.js';
import { type ChunkStore, chunkStore, type Stretch } from './chunk-store.js';
import { setAside } from './damaged.js';
import { mergeReadings, type Replaces } from './merge-readings.js';
import { bySeries, type ReadingLog, readingLog } from './reading-log.js';

export interface KeptOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Runs something in a transaction of its own. */
  readonly later: (unit: () => void) => void;
  /** Told, in words, of what cannot be read any more. */
  readonly onDamage: (words: string) => void;
  /** Sealing begins when what is not sealed has so many bytes. */
  readonly sealFrom: number;
}

/** All readings: what has arrived lately as it did, in the log, and the rest sealed, in chunks of its series. */
export interface KeptReadings {
  readonly log: ReadingLog;
  readonly chunks: ChunkStore;
  /** Of a series, which is the ownership's, in order of time or the latest first; decoded as they are taken. */
  read(ownership: number, stretch: Stretch, isBack: boolean): Generator<StoredReading, undefined>;
  /** Of two readings of one time, whether that which arrived later counts: more trust replaces less, equal trust too. */
  readonly replaces: Replaces;
  /** The series of an ownership of which something is not sealed yet. */
  unsealedSeries(ownership: number): ReadonlySet<number>;
  /** Seals all that there is of an ownership. To be called inside a transaction, before its chunks are changed. */
  seal(ownership: number): void;
  /**
   * Seals some readings of a series, if it is time to or `isForced`. To be called inside a transaction.
   * @returns whether there may be more.
   */
  sealSome(isForced: boolean): boolean;
  /** Ownerships have ended or changed, or series and manners hang on others, or are gone. */
  keysChanged(): void;
  /** What was written has been undone. */
  undone(): void;
  /** Has a listener called whenever what is remembered of ownerships and their series may be wrong. */
  onKeysChanged(listener: () => void): void;
}

export function keptReadings(db: Database, { now, later, onDamage, sealFrom }: KeptOptions): KeptReadings {
  const aside = setAside(db, now, onDamage);
  const log = readingLog(db, aside, onDamage, sealFrom);
  const chunks = chunkStore(db, aside, later);
  const trust = trusts(db);
  const replaces: Replaces = (earlier, later) => trust.of(later.manner) >= trust.of(earlier.manner);
  const unsealed = unsealedReadings(log, replaces);
  const listeners: (() => void)[] = [trust.forget];

  function keysChanged(): void {
    for (const listener of listeners) listener();
  }

  return {
    log,
    chunks,
    replaces,
    *read(ownership, stretch, isBack) {
      const sealed = chunks.read(stretch, isBack);
      const late = unsealed.of(ownership, stretch, isBack);
      yield* late.length === 0 ? sealed : joined(sealed, late, replaces, isBack);
      return undefined;
    },
    unsealedSeries: (ownership) => unsealed.seriesOf(ownership),
    seal(ownership) {
      for (const { series, readings } of bySeries(log.take(ownership))) chunks.merge(series, readings, replaces);
    },
    sealSome(isForced) {
      const next = log.takeNext(isForced);
      if (next === undefined) return false;
      if (next !== 'more') chunks.merge(next.series, next.readings, replaces);
      return true;
    },
    keysChanged,
    undone() {
      log.forget();
      keysChanged();
    },
    onKeysChanged: (listener) => void listeners.push(listener),
  };
}

/** The trust of manners: a few of them are of most readings. */
function trusts(db: Database) {
  const get = db.prepare<[number], number>('SELECT trust FROM manner WHERE key = ?').pluck();
  const known = new Map<number, number>();
  return {
    of(manner: number): number {
      const trust = known.get(manner) ?? get.get(manner) ?? 0;
      if (known.size >= MOST_TRUSTS) known.clear();
      known.set(manner, trust);
      return trust;
    },
    forget: (): void => known.clear(),
  };
}

const MOST_TRUSTS = 10_000;

type BySeries = ReadonlyMap<number, readonly StoredReading[]>;

/** What is not sealed, by series and in order of time; of the ownerships asked for last it is remembered. */
function unsealedReadings(log: ReadingLog, replaces: Replaces) {
  const kept = new Map<number, { readonly version: number; readonly series: BySeries }>();

  function of(ownership: number): BySeries {
    const version = log.versionOf(ownership);
    if (version === 0) return NOTHING;
    const known = kept.get(ownership);
    if (known?.version === version) return known.series;
    const arrived = bySeries(log.of(ownership));
    const series = new Map(arrived.map(({ series: key, readings }) => [key, mergeReadings([], readings, replaces)]));
    kept.delete(ownership);
    kept.set(ownership, { version, series });
    const [oldest] = kept.keys();
    if (kept.size > MOST_OWNERSHIPS && oldest !== undefined) kept.delete(oldest);
    return series;
  }

  return {
    seriesOf: (ownership: number): ReadonlySet<number> => new Set(of(ownership).keys()),
    of(ownership: number, { series, from, until }: Stretch, isBack: boolean): readonly StoredReading[] {
      const readings = of(ownership).get(series) ?? [];
      const within = readings.filter(({ ms }) => ms >= from && ms <= until);
      return isBack ? within.reverse() : within;
    },
  };
}

const NOTHING: BySeries = new Map();
const MOST_OWNERSHIPS = 8;

/** Both in the same order of time. */
function* joined(
  sealed: Generator<StoredReading, undefined>,
  late: readonly StoredReading[],
  replaces: Replaces,
  isBack: boolean,
): Generator<StoredReading, undefined> {
  const isBefore = (a: StoredReading, b: StoredReading): boolean => (isBack ? a.ms > b.ms : a.ms < b.ms);
  let next = sealed.next().value;
  for (const reading of late) {
    for (; next !== undefined && isBefore(next, reading); next = sealed.next().value) yield next;
    if (next === undefined || next.ms !== reading.ms) {
      yield reading;
      continue;
    }
    yield replaces(next, reading) ? reading : next;
    next = sealed.next().value;
  }
  for (; next !== undefined; next = sealed.next().value) yield next;
  return undefined;
}
