import { type Client, type CommandValues, runCommand } from '../../client/index.js';

/** A row of a table, by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** What an export cannot go on without was refused; the message is for people. */
export class ExportFault extends Error {}

interface Paged {
  readonly client: Pick<Client, 'ask'>;
  readonly registry: string;
  /** Of the operation. */
  readonly name: string;
  readonly values: CommandValues;
  /** The values that ask for the page after this one; undefined after the last. */
  readonly next: (rows: readonly Row[], warning: string) => CommandValues | undefined;
}

/**
 * The rows of an operation that gives a table page by page.
 *
 * @throws ExportFault in the iteration.
 */
export async function* rowsOf({ client, registry, name, values, next }: Paged): AsyncGenerator<Row, void> {
  for (let asked: CommandValues | undefined = values; asked !== undefined; ) {
    const { rows, warning } = await pageOf(client, registry, name, asked);
    yield* rows;
    const more = rows.length === 0 ? undefined : next(rows, warning);
    asked = more && { ...values, ...more };
  }
}

async function pageOf(client: Pick<Client, 'ask'>, registry: string, name: string, values: CommandValues) {
  const outcome = await runCommand(client, registry, `thingstead:${name}`, { values });
  if (outcome.kind === 'refused') throw new ExportFault(outcome.why);
  if (outcome.kind === 'faulty') throw new ExportFault(outcome.faults.join(' '));
  if (outcome.kind !== 'completed')
    throw new ExportFault('The registry asks for something that this command does not know.');
  const error = outcome.notes.find(({ type }) => type === 'error');
  if (error !== undefined) throw new ExportFault(error.text);
  const { columns, rows } = outcome.form?.table ?? { columns: [], rows: [] };
  return {
    rows: rows.map((row): Row => Object.fromEntries(columns.map(({ name: column }, at) => [column, row[at] ?? '']))),
    warning: outcome.notes.find(({ type }) => type === 'warn')?.text ?? '',
  };
}
