import { crc32 } from 'node:zlib';
import { NumberCoder } from './number-coder.js';
import { type BitCoder, RangeDecoder, RangeEncoder } from './range-coder.js';
import { RecentCoder } from './recent-coder.js';
import { type Rhythm, rhythmOf, TimeCoder } from './time-coder.js';
import { bestForecast, FORECASTS, type Forecast, ValueCoder } from './value-coder.js';

/** A reading without what its series says of it. */
export interface StoredReading {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** As written. */
  readonly value: string;
  /** A key of the table `manner`. */
  readonly manner: number;
}

/** A chunk that is not as it was written, or of a version that this program does not know. */
export class DamagedChunk extends Error {}

const VERSION = 1;
/** Version (1 byte), checksum (4), number of readings (2). */
const HEAD_BYTES = 7;
/** More than this and a single reading would be dear to get. */
const MOST_READINGS = 4096;
/** Some 35,000 years: what is between two times of one chunk is a whole number that is exact. */
const LONGEST_MS = 2 ** 50;
/** What the end of a stream takes, and a reading of the usual kind. */
const END_BYTES = 8;

/**
 * Encodes readings of one series. What is written is a checksum (CRC-32), how many they are, and one stream of bits in which
 * each time, value and manner costs about as much as it is surprising.
 *
 * @param readings in order of time, each time once.
 * @param start where to begin.
 * @param mostBytes what the body may have: it has as many readings as fit, but one at least; the last one may exceed it.
 */
export function encodeChunk(
  readings: readonly StoredReading[],
  start: number,
  mostBytes: number,
): { readonly body: Buffer; readonly count: number } {
  const last = (readings[start]?.ms ?? 0) + LONGEST_MS;
  const candidates = readings.slice(start, start + MOST_READINGS).filter(({ ms }) => ms <= last);
  const coder = new RangeEncoder();
  const next = codeReadings(codeHead(coder, headOf(candidates)));
  let count = 0;
  for (const reading of candidates) {
    if (count > 0 && HEAD_BYTES + coder.length + END_BYTES > mostBytes) break;
    next(coder, reading);
    count += 1;
  }
  const stream = coder.end();
  const body = Buffer.allocUnsafe(HEAD_BYTES + stream.length);
  body.writeUInt8(VERSION, 0);
  body.writeUInt16BE(count, 5);
  stream.copy(body, HEAD_BYTES);
  body.writeUInt32BE(crc32(body.subarray(5)), 1);
  return { body, count };
}

/** @returns all readings of it. @throws DamagedChunk */
export function decodeChunk(body: Buffer): readonly StoredReading[] {
  if (body.length < HEAD_BYTES || body[0] !== VERSION) {
    throw new DamagedChunk(`a chunk of version ${body[0]}, where ${VERSION} is known`);
  }
  if (crc32(body.subarray(5)) !== body.readUInt32BE(1)) throw new DamagedChunk('a chunk whose checksum is wrong');
  const coder = new RangeDecoder(body.subarray(HEAD_BYTES));
  const next = codeReadings(codeHead(coder, NO_HEAD));
  return Array.from({ length: body.readUInt16BE(5) }, () => next(coder, NO_READING));
}

/** What a decoder is given for what it is to read. */
const NO_READING: StoredReading = { ms: 0, value: '', manner: 0 };
const NO_HEAD: Head = { first: 0, rhythm: { period: 1, unit: 1, drifts: false }, forecast: 'none' };

/** How the readings are written, by what is usual among them. */
interface Head {
  /** The first time, in ms since 1970. */
  readonly first: number;
  readonly rhythm: Rhythm;
  readonly forecast: Forecast;
}

function headOf(readings: readonly StoredReading[]): Head {
  return {
    first: readings[0]?.ms ?? 0,
    rhythm: rhythmOf(readings.map(({ ms }) => ms)),
    forecast: bestForecast(readings.slice(0, LOOKED_AT).map(({ value }) => value)),
  };
}

/** So many values tell what is usual. */
const LOOKED_AT = 256;

function codeHead(coder: BitCoder, { first, rhythm, forecast }: Head): Head {
  const numbers = new NumberCoder();
  return {
    first: numbers.signed(coder, first),
    rhythm: {
      period: numbers.unsigned(coder, rhythm.period),
      unit: numbers.unsigned(coder, rhythm.unit),
      drifts: coder.raw(1, Number(rhythm.drifts)) === 1,
    },
    forecast: FORECASTS[coder.raw(2, FORECASTS.indexOf(forecast))] ?? 'none',
  };
}

/** @returns how to write, or read, the next. */
function codeReadings({ first, rhythm, forecast }: Head): (coder: BitCoder, reading: StoredReading) => StoredReading {
  const times = new TimeCoder(first, rhythm);
  const values = new ValueCoder(forecast);
  const newManners = new NumberCoder();
  const manners = new RecentCoder<number>((coder, manner) => newManners.unsigned(coder, manner), 0);
  let isFirst = true;
  return (coder, reading) => {
    const ms = isFirst ? first : times.next(coder, reading.ms);
    isFirst = false;
    return { ms, value: values.next(coder, reading.value), manner: manners.next(coder, reading.manner) };
  };
}
