/** Values separated by commas (RFC 4180): how they are written and read, so that every text comes back to the character. */

/** Writes a row. Only what has to be is quoted; nothing is put before a cell that a spreadsheet would take for a formula. */
export function csvRow(cells: readonly string[]): string {
  const [first] = cells;
  // A row of one empty cell would be an empty line, which is none.
  return cells.length === 1 && first === '' ? '""' : cells.map(csvCell).join(',');
}

/** A row as read, with the line (from 1) on which it begins, or what is wrong there. */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly fault: string };

/**
 * Reads rows one after the other. Empty lines are passed over. A row that is wrong is told of by itself: reading goes on
 * with the line after the fault and, where quotation marks do not end, with the line after the one that the row begins on.
 *
 * @param longest a row in characters: what is held of the file at a time.
 */
export async function* readCsv(chunks: AsyncIterable<string>, longest = LONGEST): AsyncGenerator<CsvRow, void> {
  let text = '';
  let line = 1;
  let isPassing = false;

  function* rows(isAll: boolean): Generator<CsvRow, void> {
    let at = isPassing ? restOfLine(text, 0) : 0;
    isPassing &&= text[at - 1] !== '\n';
    line += breaksIn(text, 0, at);
    while (at < text.length) {
      const found = rowAt(text, at, isAll) ?? (text.length - at > longest ? cutOff(text, at, longest) : undefined);
      if (found === undefined) break;
      const { row, end } = found;
      // Told of once: the rest of its line is no row of its own.
      isPassing = end === text.length && text[end - 1] !== '\n';
      if (row !== 'empty') yield { line, ...row };
      line += breaksIn(text, at, end);
      at = end;
    }
    text = text.slice(at);
  }

  let isFirst = true;
  for await (const chunk of chunks) {
    text += isFirst ? chunk.replace(/^\ufeff/, '') : chunk;
    isFirst &&= chunk === '';
    yield* rows(false);
  }
  yield* rows(true);
}

const LONGEST = 262_144;

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Row = { readonly cells: readonly string[] } | { readonly fault: string } | 'empty';

/** The row that begins at `from`, and where the next one does; undefined where more has to be read to tell. */
function rowAt(text: string, from: number, isAll: boolean): { readonly row: Row; readonly end: number } | undefined {
  const cells: string[] = [];
  for (let at = from; ; at++) {
    const cell = cellAt(text, at);
    const end = cell?.end ?? text.length;
    // What ends here may go on: a quotation mark may be the first of two.
    if (end + 1 >= text.length && !isAll) return undefined;
    if (cell === undefined) return wrong(NOT_CLOSED, text, from, isAll);
    cells.push(cell.value);
    if (text[end] === ',') {
      at = end;
      continue;
    }
    const after = breakAt(text, end);
    if (after === undefined) return wrong(STRAY, text, end, isAll);
    const isEmpty = cells.length === 1 && end === from;
    return { row: isEmpty ? 'empty' : { cells }, end: after };
  }
}

/** A row of which more than the longest was read, and the end was not. */
function cutOff(text: string, from: number, longest: number): ReturnType<typeof rowAt> {
  const found = rowAt(text, from, true);
  if (found !== undefined && found.row !== 'empty' && 'fault' in found.row) return found;
  return { row: { fault: `It has more than ${longest} characters.` }, end: restOfLine(text, from) };
}

/** Where the next line begins, or the end of the text. */
function restOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found + 1;
}

/** After a fault it goes on with the next line. */
function wrong(fault: string, text: string, at: number, isAll: boolean): ReturnType<typeof rowAt> {
  const found = text.indexOf('\n', at);
  if (found < 0 && !isAll) return undefined;
  return { row: { fault }, end: found < 0 ? text.length : found + 1 };
}

const NOT_CLOSED = 'A quotation mark opens a cell and none closes it.';
const STRAY =
  'A quotation mark or a carriage return stands in a cell; put the cell in quotation marks and double those in it.';

/** Undefined where quotation marks do not end. */
function cellAt(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  if (text[at] !== '"') {
    PLAIN.lastIndex = at;
    const [value = ''] = PLAIN.exec(text) ?? [];
    return { value, end: at + value.length };
  }
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    if (text[quote + 1] !== '"') return { value: text.slice(at + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    from = quote + 2;
  }
}

const PLAIN = /[^",\r\n]*/y;

/** Where the line after a line break begins; the end of the text is one, too. */
function breakAt(text: string, at: number): number | undefined {
  if (at >= text.length) return at;
  if (text[at] === '\n') return at + 1;
  return text.startsWith('\r\n', at) ? at + 2 : undefined;
}

function breaksIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
