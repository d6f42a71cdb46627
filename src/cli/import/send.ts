import type { FileRecord } from './file-record.js';

/** What came of what stands on a line. */
export interface LineResult {
  readonly line: number;
  readonly outcome: 'done' | 'unchanged' | 'refused';
  /** Of the Thing, where it has an owner. */
  readonly id: string;
  readonly why: string;
}

/** Sends Things as lines of JSON, and gives what came of each, in their order; or why nothing is known of them. */
export type Send = (
  things: readonly string[],
) => Promise<
  | { readonly ok: true; readonly rows: readonly Omit<LineResult, 'line'>[] }
  | { readonly ok: false; readonly why: string; readonly isForbidden?: boolean }
>;

export type Ended =
  | { readonly kind: 'whole' }
  | { readonly kind: 'interrupted' }
  /** The registry did not take them. */
  | { readonly kind: 'failed'; readonly why: string; readonly isForbidden: boolean }
  /** The file cannot be read on. */
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

interface SendOptions {
  readonly send: Send;
  /** Told of results in the order of the file: all that is before them is known, too. */
  readonly take: (results: readonly LineResult[]) => void;
  readonly signal: AbortSignal;
  /** The most Things in one command. */
  readonly atOnce: number;
}

/** Commands under way at a time: the registry writes one while the next ones come. */
const IN_FLIGHT = 4;
/** Things in one command, in bytes of XML: with what is around it, below the 256 KiB that a server lets in. */
const MOST_BYTES = 100_000;

/** Sends what is read of a file, several commands at a time, and ends with the first that is not answered as it should. */
export async function sendRecords(
  records: AsyncIterable<FileRecord>,
  { send, take, signal, atOnce }: SendOptions,
): Promise<Ended> {
  const underWay: Promise<readonly LineResult[] | Ended>[] = [];
  let ended: Ended | undefined;

  async function settle(): Promise<void> {
    const results = await underWay.shift();
    if (results === undefined || ended !== undefined) return; // what is after a gap is sent again another time
    if ('kind' in results) ended = results;
    else take(results);
  }

  for await (const batch of batchesOf(records, atOnce)) {
    if (ended !== undefined || signal.aborted) break;
    underWay.push(sendBatch(batch, send));
    if (underWay.length >= IN_FLIGHT) await settle();
  }
  while (underWay.length > 0) await settle();
  return ended ?? (signal.aborted ? { kind: 'interrupted' } : { kind: 'whole' });
}

async function* batchesOf(records: AsyncIterable<FileRecord>, atOnce: number): AsyncGenerator<FileRecord[], void> {
  let batch: FileRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const checked = bounded(record);
    const more = 'text' in checked ? bytesOf(checked.text) : 0;
    if (batch.length === atOnce || (batch.length > 0 && bytes + more > MOST_BYTES) || 'broken' in checked) {
      if (batch.length > 0) yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(checked);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

function bounded(record: FileRecord): FileRecord {
  if (!('text' in record) || bytesOf(record.text) <= MOST_BYTES) return record;
  return { line: record.line, fault: `It is too long; a Thing has at most ${MOST_BYTES} bytes.` };
}

/** A line of its own in a form; some characters are longer there. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text.replace(/[&<>]/g, '&amp;')) + '<value></value>'.length;
}

async function sendBatch(batch: readonly FileRecord[], send: Send): Promise<readonly LineResult[] | Ended> {
  const [first] = batch;
  if (first !== undefined && 'broken' in first) return { kind: 'broken', line: first.line, why: first.broken };
  const texts = batch.flatMap((record) => ('text' in record ? [record.text] : []));
  const sent = texts.length === 0 ? { ok: true as const, rows: [] } : await send(texts);
  if (!sent.ok) return failed(sent.why, sent.isForbidden);
  if (sent.rows.length !== texts.length) return failed('The registry did not say what came of each Thing.');
  const rows = [...sent.rows];
  return batch.flatMap((record): LineResult[] => {
    const { line } = record;
    if ('fault' in record) return [{ line, outcome: 'refused', id: '', why: record.fault }];
    const row = rows.shift();
    return row === undefined ? [] : [{ line, ...row }];
  });
}

function failed(why: string, isForbidden = false): Ended {
  return { kind: 'failed', why, isForbidden };
}
