import type { Client, CommandValues } from '../../client/index.js';
import { csvRow } from '../csv.js';
import type { Output } from './output.js';
import { type Row, rowsOf } from './pages.js';
import { emptyElement } from './xml-text.js';

interface AuditExport {
  readonly client: Pick<Client, 'ask'>;
  readonly registry: string;
  readonly values: CommandValues;
  readonly format: 'csv' | 'jsonl' | 'xml';
}

const COLUMNS = ['time', 'actor', 'action', 'subject', 'outcome', 'thing'] as const;
const PAGE = '200';

const FORMATS: Readonly<Record<AuditExport['format'], { head: string; row: (row: Row) => string; tail: string }>> = {
  csv: {
    head: `${csvRow(COLUMNS)}\r\n`,
    row: (row) => `${csvRow(COLUMNS.map((name) => row[name] ?? ''))}\r\n`,
    tail: '',
  },
  jsonl: { head: '', row: (row) => `${JSON.stringify(entryOf(row))}\n`, tail: '' },
  xml: {
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<audit>\n',
    row: (row) => `  ${emptyElement('entry', entryOf(row))}\n`,
    tail: '</audit>\n',
  },
};

/** Writes the audit trail, the newest entry first: all of it for administrators, and what concerns them for others. */
export async function exportAudit({ client, registry, values, format }: AuditExport, out: Output): Promise<void> {
  const { head, row, tail } = FORMATS[format];
  await out.write(head);
  const next = (place: string): CommandValues => ({ before: [place] });
  for await (const entry of rowsOf({ client, registry, name: 'audit', values: { ...values, max: [PAGE] }, next })) {
    await out.write(row(entry));
  }
  await out.write(tail);
}

function entryOf(row: Row): Row {
  return Object.fromEntries(COLUMNS.map((name) => [name, row[name] ?? '']));
}
