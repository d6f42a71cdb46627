import { type FileRecord, isDamaged, NOT_UTF8 } from './file-record.js';

/** A line in characters, at most: what is held of the file at a time. */
const LONGEST = 262_144;

/** Reads a file of JSON lines: an object a line, as the operation `import` takes them. Empty lines are passed over. */
export async function* readJsonThings(chunks: AsyncIterable<string>): AsyncGenerator<FileRecord, void> {
  let line = 1;
  for await (const text of linesOf(chunks)) {
    if (text.trim() !== '') yield recordOf(line, text);
    line++;
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    // Of one that is too long it is enough to know that.
    if (rest.length > 2 * LONGEST) rest = rest.slice(0, LONGEST + 1);
  }
  yield rest;
}

function recordOf(line: number, text: string): FileRecord {
  if (text.length > LONGEST) return { line, fault: `It has more than ${LONGEST} characters.` };
  if (isDamaged(text)) return { line, fault: NOT_UTF8 };
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    // Written anew it is on one line, and has no character that XML cannot say.
    return { line, text: JSON.stringify(value) };
  } catch {
    return { line, fault: 'It is no JSON.' }; // the parser's own words repeat the text
  }
}
