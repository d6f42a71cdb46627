import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { FileRecord } from './file-record.js';
import { readCsvThings } from './read-csv.js';
import { readJsonThings } from './read-json-lines.js';
import { readXmlThings } from './read-xml.js';

type Reader = (chunks: AsyncIterable<string>) => AsyncGenerator<FileRecord, void>;

const READERS: Readonly<Record<string, Reader>> = {
  '.csv': readCsvThings,
  '.jsonl': readJsonThings,
  '.xml': readXmlThings,
};

/** How a file of Things is read, by the end of its name; undefined for none of `.csv`, `.jsonl` and `.xml`. */
export function readerOf(path: string): (() => AsyncGenerator<FileRecord, void>) | undefined {
  const extension = extname(path).toLowerCase();
  const reader = Object.hasOwn(READERS, extension) ? READERS[extension] : undefined;
  return reader && (() => reader(textOf(path)));
}

/** What is not UTF-8 becomes U+FFFD: readers tell of the line that has it, and go on. */
async function* textOf(path: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
