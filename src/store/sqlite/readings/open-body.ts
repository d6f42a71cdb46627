/**
 * The body of an open chunk: the bodies of several small ones, each with its length (3 bytes, big-endian) before it. To add
 * what has arrived costs what has arrived; they are made one when they are too many.
 */
export function joinBodies(bodies: readonly Buffer[]): Buffer {
  return Buffer.concat(bodies.flatMap((body) => [lengthOf(body), body]));
}

/** @returns undefined where the lengths do not add up. */
export function splitBody(body: Buffer): readonly Buffer[] | undefined {
  const bodies: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const start = at + LENGTH_BYTES;
    if (start > body.length) return undefined;
    const end = start + body.readUIntBE(at, LENGTH_BYTES);
    if (end > body.length) return undefined;
    bodies.push(body.subarray(start, end));
    at = end;
  }
  return bodies;
}

/** Of a single long value more than two bytes can say. */
const LENGTH_BYTES = 3;

function lengthOf(body: Buffer): Buffer {
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUIntBE(body.length, 0, LENGTH_BYTES);
  return length;
}
