import { readCsv } from '../csv.js';
import { type FileRecord, isDamaged, NOT_UTF8, PROPERTIES, thingText } from './file-record.js';

/**
 * Reads a file of comma-separated values. Its first line names the columns: those of {@link PROPERTIES}, of which `jid`
 * has to be there, and tags: `NAME` a string, `#NAME` a number.
 */
export async function* readCsvThings(chunks: AsyncIterable<string>): AsyncGenerator<FileRecord, void> {
  let header: readonly string[] | undefined;
  for await (const row of readCsv(chunks)) {
    const { line } = row;
    if ('fault' in row && header === undefined) {
      yield { line, broken: row.fault };
      return;
    }
    if ('fault' in row) {
      yield row;
    } else if (header === undefined) {
      header = row.cells.map((cell) => cell.trim());
      const fault = faultOf(header);
      if (fault !== undefined) {
        yield { line, broken: fault };
        return;
      }
    } else {
      yield thingOf(line, header, row.cells);
    }
  }
  if (header === undefined) yield { line: 1, broken: 'The file is empty; its first line is to name the columns.' };
}

const KNOWN: ReadonlySet<string> = new Set(PROPERTIES);

function faultOf(header: readonly string[]): string | undefined {
  if (header.some(isDamaged)) return NOT_UTF8;
  if (!header.includes('jid')) {
    return 'No column is named jid; the first line is to name the columns, with commas between them.';
  }
  const nameless = header.findIndex((name) => name === '' || name === '#');
  if (nameless >= 0) return `Column ${nameless + 1} has no name.`;
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  return twice === undefined ? undefined : `The column ${JSON.stringify(twice)} is there twice.`;
}

function thingOf(line: number, header: readonly string[], cells: readonly string[]): FileRecord {
  if (cells.some(isDamaged)) return { line, fault: NOT_UTF8 };
  if (cells.length !== header.length) {
    return { line, fault: `It has ${cells.length} cells, and there are ${header.length} columns.` };
  }
  const named = header.map((name, at): [string, string] => [name, cells[at] ?? '']);
  const [properties, tags] = [true, false].map((known) => new Map(named.filter(([name]) => KNOWN.has(name) === known)));
  return thingText(line, properties ?? new Map(), tags ?? new Map());
}
