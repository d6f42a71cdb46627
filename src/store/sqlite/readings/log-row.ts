import { crc32 } from 'node:zlib';
import type { StoredReading } from './chunk-codec.js';

/** A reading as it stands in the log: of some series. */
export interface LoggedReading extends StoredReading {
  /** A key of the table `series`. */
  readonly series: number;
}

/** A row of the log that is not as it was written. */
export class DamagedRow extends Error {}

const VERSION = 2;
/** Rows of the program before are read until they are sealed: they have no checksum. */
const WITHOUT_CHECKSUM = 1;
/** Version (1 byte), checksum (4). */
const HEAD_BYTES = 5;
/** Times are told from here: 2020-01-01, in ms since 1970. */
const EPOCH = Date.UTC(2020, 0, 1);
const NEW_MANNER = 1;
const LATER = 2;
const EARLIER = 4;
const FLAGS = 8;

/**
 * How the readings of one message are written, as one row: each says by how much its series, time and manner differ from
 * those of the reading before, which mostly takes a byte, and then its value. Before them is a checksum (CRC-32), as what is
 * damaged could be read as other values. The buffer that it returns is used again
 * for the next row.
 */
export function createRowEncoder(): (readings: readonly LoggedReading[]) => Buffer {
  const out = new ByteWriter();
  return (readings) => {
    let [series, ms, manner] = [0, EPOCH, 0];
    out.begin(VERSION);
    for (const reading of readings) {
      const isNewManner = reading.manner !== manner;
      const flags = (isNewManner ? NEW_MANNER : 0) + directionOf(reading.ms - ms);
      out.number(zigzag(reading.series - series) * FLAGS + flags);
      if (reading.ms !== ms) out.number(Math.abs(reading.ms - ms));
      if (isNewManner) out.number(zigzag(reading.manner - manner));
      out.text(reading.value);
      ({ series, ms, manner } = reading);
    }
    return out.end();
  };
}

/** @throws DamagedRow */
export function decodeRow(body: Buffer): readonly LoggedReading[] {
  const from = new ByteReader(body, contentOf(body));
  const readings: LoggedReading[] = [];
  let [series, ms, manner] = [0, EPOCH, 0];
  while (!from.isAtEnd) {
    const head = from.number();
    const flags = head % FLAGS;
    series += unzigzag((head - flags) / FLAGS);
    if ((flags & LATER) !== 0) ms += from.number();
    if ((flags & EARLIER) !== 0) ms -= from.number();
    if ((flags & NEW_MANNER) !== 0) manner += unzigzag(from.number());
    readings.push({ series, ms, value: from.text(), manner });
  }
  return readings;
}

/** @returns where the readings begin. */
function contentOf(body: Buffer): number {
  if (body[0] === WITHOUT_CHECKSUM) return 1;
  if (body[0] !== VERSION) throw new DamagedRow(`a row of version ${body[0]}, where ${VERSION} is known`);
  if (body.length < HEAD_BYTES) throw new DamagedRow('a row that ends in the middle');
  if (crc32(body.subarray(HEAD_BYTES)) !== body.readUInt32BE(1)) throw new DamagedRow('a row whose checksum is wrong');
  return HEAD_BYTES;
}

function directionOf(ms: number): number {
  if (ms === 0) return 0;
  return ms > 0 ? LATER : EARLIER;
}

/** Numbers near 0 become small ones that are not negative. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

const MORE = 0x80;

class ByteWriter {
  #buffer = Buffer.allocUnsafe(4096);
  #at = 0;

  begin(version: number): void {
    this.#buffer[0] = version;
    this.#at = HEAD_BYTES;
  }

  /** Seven bits a byte, the lowest first. */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    for (; rest >= MORE; rest = Math.floor(rest / MORE)) this.#buffer[this.#at++] = (rest % MORE) + MORE;
    this.#buffer[this.#at++] = rest;
  }

  text(value: string): void {
    const length = Buffer.byteLength(value, 'utf8');
    this.number(length);
    this.#reserve(length);
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
  }

  end(): Buffer {
    this.#buffer.writeUInt32BE(crc32(this.#buffer.subarray(HEAD_BYTES, this.#at)), 1);
    return this.#buffer.subarray(0, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

class ByteReader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#buffer.length;
  }

  number(): number {
    let [value, place] = [0, 1];
    for (;;) {
      const byte = this.#buffer[this.#at++];
      if (byte === undefined) throw new DamagedRow('a row that ends in the middle');
      if (byte < MORE) return value + byte * place;
      value += (byte - MORE) * place;
      place *= MORE;
    }
  }

  text(): string {
    const end = this.number() + this.#at;
    if (end > this.#buffer.length) throw new DamagedRow('a row that ends in the middle');
    const text = this.#buffer.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }
}
