import type { StoredReading } from './chunk-codec.js';

/** So many readings are kept decoded, of the chunks that were read last: some ten megabytes. */
const MOST_READINGS = 60_000;

interface Decoded {
  readonly body: Buffer;
  readonly readings: readonly StoredReading[];
}

/**
 * Decodes chunks, and keeps the last ones decoded: whoever goes through a history page by page needs each chunk several
 * times. A chunk is known by its name and body, so that one which was written again is never mistaken.
 */
export function createChunkCache(): (
  name: string,
  body: Buffer,
  decode: (body: Buffer) => readonly StoredReading[],
) => readonly StoredReading[] {
  const kept = new Map<string, Decoded>();
  let size = 0;

  function forget(name: string): void {
    size -= kept.get(name)?.readings.length ?? 0;
    kept.delete(name);
  }

  return (name, body, decode) => {
    const known = kept.get(name);
    const decoded = known?.body.equals(body) ? known : { body, readings: decode(body) };
    forget(name);
    kept.set(name, decoded);
    size += decoded.readings.length;
    for (const [oldest] of kept) {
      if (size <= MOST_READINGS) break;
      forget(oldest);
    }
    return decoded.readings;
  };
}
