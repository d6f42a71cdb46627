import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRowEncoder,
  DamagedRow,
  decodeRow,
  type LoggedReading,
} from '../../../src/store/sqlite/readings/log-row.js';

const arbitraryLogged: fc.Arbitrary<LoggedReading> = fc.record({
  series: fc.nat(1000),
  ms: fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) }),
  value: fc.string({ unit: 'grapheme', maxLength: 20 }),
  manner: fc.nat(50),
});
const arbitraryRow = fc.array(arbitraryLogged, { minLength: 1, maxLength: 10 });

describe('a row of the log', () => {
  it('has what was written', () => {
    const encode = createRowEncoder();
    fc.assert(
      fc.property(arbitraryRow, (row) => {
        expect(decodeRow(encode(row))).toEqual(row);
      }),
    );
  });

  it('is refused where any bit of it is another', () => {
    const encode = createRowEncoder();
    fc.assert(
      fc.property(arbitraryRow, fc.nat(), fc.integer({ min: 1, max: 255 }), (row, place, bits) => {
        const body = Buffer.from(encode(row));
        // A first byte that says "written before there were checksums" is believed.
        const at = 1 + (place % (body.length - 1));
        body.writeUInt8(body.readUInt8(at) ^ bits, at);
        expect(() => decodeRow(body)).toThrow(DamagedRow);
      }),
    );
  });

  it('is refused where its end is missing, and where there is nothing', () => {
    const body = createRowEncoder()([{ series: 1, ms: Date.UTC(2026, 0), value: '23.40', manner: 1 }]);
    for (let length = 0; length < body.length; length++) {
      expect(() => decodeRow(body.subarray(0, length))).toThrow(DamagedRow);
    }
  });

  it('of the version before, which had no checksum, is read', () => {
    const ms = Date.UTC(2020, 0, 1) + 5;
    const body = Buffer.from([1, 2 * 8 + 3, 5, 2, 2, 0x34, 0x32]);
    expect(decodeRow(body)).toEqual([{ series: 1, ms, value: '42', manner: 1 }]);
  });
});
