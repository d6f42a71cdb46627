import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, quote, Reader } from '../../xmpp/reader.js';

/** The namespace of XEP-0202 (version 2.0). */
export const TIME = 'urn:xmpp:time';

/** What a clock shows and where it hangs. */
export interface EntityTime {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
}

/** The question has nothing in it. */
export function encodeTimeQuery(): Element {
  return element('time', { xmlns: TIME });
}

export function decodeTimeQuery(payload: Element): Decoded<'asked'> {
  const read = new Reader(payload);
  read.empty();
  return read.end('asked');
}

export function encodeTime({ ms, offsetMinutes }: EntityTime): Element {
  const utc = new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return element('time', { xmlns: TIME }, element('tzo', {}, zone(offsetMinutes)), element('utc', {}, utc));
}

export function decodeTime(payload: Element): Decoded<EntityTime> {
  const read = new Reader(payload);
  const offsetMinutes = decodeZone(read, read.requiredText('tzo').trim());
  const ms = decodeUtc(read, read.requiredText('utc').trim());
  return read.end({ ms, offsetMinutes });
}

/** A time zone as XEP-0082 section 3.2 writes it. */
function zone(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}

function decodeZone(read: Reader, text: string): number {
  if (text === 'Z') return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):([0-5]\d)$/.exec(text) ?? [];
  // The world's zones reach from -12:00 to +14:00.
  if (sign === undefined || Number(hours) > 14) read.refuse(`${quote(text)} is no time zone; write it as +01:00 or Z.`);
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) + 0;
}

function decodeUtc(read: Reader, text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) read.refuse(`${quote(text)} is no time in UTC; write it as 2006-12-19T17:58:35Z.`);
  return ms;
}
