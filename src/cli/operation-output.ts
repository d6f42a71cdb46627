import type { CommandOutcome } from '../client/index.js';
import { FORBIDDEN, NOT_DONE, WRONG } from './exit-status.js';
import { shown } from './shown.js';

export type Output = 'text' | 'json';
type Completed = Extract<CommandOutcome, { readonly kind: 'completed' }>;
type Missing = Extract<CommandOutcome, { readonly kind: 'missing' }>['fields'][number];

export interface Report {
  readonly status: number;
  /** For standard output, and for standard error. */
  readonly out: string;
  readonly err: string;
}

/** What `thingstead <operation>` prints of what came of it, and how it exits. */
export function reportOf(name: string, outcome: CommandOutcome, output: Output): Report {
  switch (outcome.kind) {
    case 'completed': {
      const faults = outcome.notes.filter(({ type }) => type === 'error').map(({ text }) => text);
      const out = output === 'json' ? jsonOf(outcome) : textOf(outcome);
      return { status: faults.length > 0 ? NOT_DONE : 0, out, err: linesOf(faults) };
    }
    case 'refused':
      return {
        status: outcome.error?.condition === 'forbidden' ? FORBIDDEN : NOT_DONE,
        out: '',
        err: linesOf([outcome.why]),
      };
    case 'unconfirmed':
      return wrong([outcome.question, 'Nothing was done. Add --yes if you mean it.']);
    case 'faulty':
      return wrong(outcome.faults);
    case 'missing':
      return wrong(outcome.fields.flatMap((field) => missing(name, field)));
  }
}

function wrong(lines: readonly string[]): Report {
  return { status: WRONG, out: '', err: linesOf(lines) };
}

function missing(name: string, field: Missing): readonly string[] {
  const choices = (field.options ?? []).map(({ value, label = '' }) => `${value}  ${label}`);
  return [`--${field.name} is missing: see thingstead ${name} --help.`, ...choices];
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${clean(line)}\n`).join('');
}

/** Other people wrote some of it: no line of theirs moves the cursor of a terminal, or makes another line. */
function clean(text: string): string {
  return shown(text.replace(/\s+/g, ' ').trim());
}

/** One object: the notes, and the table as objects or the fields as one, by their names. */
function jsonOf({ notes, form }: Completed): string {
  const { table, fields = [] } = form ?? {};
  const result =
    table === undefined
      ? Object.fromEntries(fields.map(({ name, type, values }) => [name, type === 'text-multi' ? values : values[0]]))
      : table.rows.map((row) => Object.fromEntries(table.columns.map(({ name }, at) => [name, row[at] ?? ''])));
  return `${JSON.stringify({ notes, result })}\n`;
}

function textOf({ notes, form }: Completed): string {
  const said = notes.flatMap(({ type, text }) =>
    type === 'error' ? [] : [type === 'warn' ? `Warning: ${clean(text)}` : clean(text)],
  );
  const { table, fields = [] } = form ?? {};
  const labelled = fields.map(({ name, label = name, values }) => [`${label}:`, values.join(', ')]);
  const rows = table === undefined ? labelled : [table.columns.map(({ name, label = name }) => label), ...table.rows];
  return [...said, ...aligned(rows)].map((line) => `${line}\n`).join('');
}

/** Rows of cells as lines, in columns as wide as their widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(clean));
  const widths: number[] = [];
  for (const row of cells) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
