import { type Client, type CommandOutcome, runCommand } from '../../client/index.js';
import { MOST_LINES } from '../../operations/import.js';
import type { FileRecord } from './file-record.js';
import { type Progress, writeJournal } from './journal.js';
import type { Report } from './report.js';
import { type Ended, type LineResult, type Send, sendRecords } from './send.js';

export interface ImportJob {
  readonly client: Pick<Client, 'ask'>;
  readonly records: AsyncIterable<FileRecord>;
  /** Where it begins: what is up to that line is passed over. */
  readonly from: Progress;
  readonly isDry: boolean;
  /** Not for a dry run. */
  readonly journal?: string;
  readonly report?: Report;
  /** Told of lines that were not done. */
  readonly complain: (result: LineResult) => void;
  readonly signal: AbortSignal;
}

/** Carries an import out, or goes on with it. The journal never says more than is known. */
export async function runImport(job: ImportJob): Promise<{ readonly ended: Ended; readonly progress: Progress }> {
  let progress = job.from;
  const take = (results: readonly LineResult[]): void => {
    job.report?.add(results);
    for (const result of results) if (result.outcome === 'refused') job.complain(result);
    progress = counted(progress, results);
    if (job.journal !== undefined) writeJournal(job.journal, progress);
  };
  const send = sender(job.client, job.from.registry, job.isDry);
  const records = after(job.records, job.from.line);
  const ended = await sendRecords(records, { send, take, signal: job.signal, atOnce: MOST_LINES });
  if (ended.kind === 'whole' && job.journal !== undefined) writeJournal(job.journal, { ...progress, isWhole: true });
  return { ended, progress };
}

async function* after(records: AsyncIterable<FileRecord>, line: number): AsyncGenerator<FileRecord, void> {
  for await (const record of records) if (record.line > line || 'broken' in record) yield record;
}

function counted(before: Progress, results: readonly LineResult[]): Progress {
  const count = (outcome: LineResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return {
    ...before,
    line: results.at(-1)?.line ?? before.line,
    done: before.done + count('done'),
    unchanged: before.unchanged + count('unchanged'),
    refused: before.refused + count('refused'),
  };
}

/** By the operation `import`. */
function sender(client: Pick<Client, 'ask'>, registry: string, isDry: boolean): Send {
  return async (things) => {
    const values = { things, dryRun: [String(isDry)] };
    return rowsOf(await runCommand(client, registry, 'thingstead:import', { values, confirm: true }));
  };
}

const OUTCOMES = ['done', 'unchanged', 'refused'] as const;

function rowsOf(outcome: CommandOutcome): Awaited<ReturnType<Send>> {
  switch (outcome.kind) {
    case 'refused':
      return { ok: false, why: outcome.why, isForbidden: outcome.error?.condition === 'forbidden' };
    case 'faulty':
      return { ok: false, why: outcome.faults.join(' ') };
    case 'completed': {
      const { columns, rows } = outcome.form?.table ?? { columns: [], rows: [] };
      const error = outcome.notes.find(({ type }) => type === 'error');
      if (error !== undefined) return { ok: false, why: error.text };
      const cell = (row: readonly string[], name: string) =>
        row[columns.findIndex((column) => column.name === name)] ?? '';
      const read = rows.flatMap((row) => {
        const known = OUTCOMES.find((each) => each === cell(row, 'outcome'));
        return known === undefined ? [] : [{ outcome: known, id: cell(row, 'id'), why: cell(row, 'why') }];
      });
      return { ok: true, rows: read };
    }
    default:
      return { ok: false, why: 'The registry asks for something that this command does not know.' };
  }
}
