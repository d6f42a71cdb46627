import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRow, csvRow, readCsv } from '../../src/cli/csv.js';

async function* pieces(text: string, size = 7): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function read(text: string, { size = 7, longest = 1000 } = {}): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv(pieces(text, size), longest)) rows.push(row);
  return rows;
}

describe('comma-separated values', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'x', '=') }),
  );

  it('come back to the character, however the file is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }),
        fc.constantFrom('\r\n', '\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (rows, lineEnd, endsWithOne, size) => {
          // The mark of the order of bytes is none of a text that begins with it unquoted.
          fc.pre(!rows[0]?.[0]?.startsWith('\ufeff'));
          const text = rows.map(csvRow).join(lineEnd) + (endsWithOne ? lineEnd : '');
          const got = await read(text, { size, longest: 10_000 });
          expect(got.map((row) => ('cells' in row ? row.cells : row.fault))).toEqual(rows);
        },
      ),
    );
  });

  it('leaves alone what a spreadsheet would take for a formula', () => {
    expect(csvRow(['=1+1', '-5', '+1', '@x', 'a,b', 'say "x"', ''])).toBe('=1+1,-5,+1,@x,"a,b","say ""x""",');
  });

  it('names the line on which a row begins; empty lines are none', async () => {
    expect(await read('\ufeffa,b\r\n"1\r\n2",3\r\n\r\n\n4,')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1\r\n2', '3'] },
      { line: 6, cells: ['4', ''] },
    ]);
  });
});

describe('hostile twins', () => {
  it.each([1, 3, 1000])('a wrong row is told of by itself, the rest goes on (pieces of %i)', async (size) => {
    const text = 'a\n"1"x,2\nb\n3"4\nc\n5\r6\nd\n"open,1\ne,2\n';
    const rows = await read(text, { size });
    expect(rows.map((row) => `${row.line} ${'cells' in row ? row.cells : row.fault.slice(0, 19)}`)).toEqual([
      '1 a',
      '2 A quotation mark or',
      '3 b',
      '4 A quotation mark or',
      '5 c',
      '6 A quotation mark or',
      '7 d',
      '8 A quotation mark op',
      '9 e,2',
    ]);
  });

  it('quotation marks that do not end cost no more than the longest row', async () => {
    const rows = await read(`"${'x'.repeat(50)}\n${'a,b\n'.repeat(1000)}`, { longest: 100 });
    expect([rows.length, rows[0], rows[1]]).toMatchObject([1001, { line: 1, fault: /none closes it/ }, { line: 2 }]);
  });

  it.each([
    ['plain', 'x'.repeat(1150), /more than 100 char/],
    ['cells', 'x,'.repeat(575), /more than 100 char/],
    ['quoted', `"${'x'.repeat(1150)}"`, /none closes it/],
    ['stray', `"x"${'x'.repeat(1150)}`, /quotation mark/],
  ])('a row that is too long is told of once: %s', async (_, long, fault) => {
    for (const size of [1, 7, 100]) {
      const rows = await read(`a\n${long}\nb\n\n"c"`, { size, longest: 100 });
      expect(rows).toEqual([
        { line: 1, cells: ['a'] },
        { line: 2, fault: expect.stringMatching(fault) },
        { line: 3, cells: ['b'] },
        { line: 5, cells: ['c'] },
      ]);
    }
  });
});
