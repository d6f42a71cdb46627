import { type Client, type CommandValues, runCommand } from '../../client/index.js';
import { FORBIDDEN, NOT_DONE, WRONG } from '../exit-status.js';

/** A row of a table, by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** An export cannot go on; the message is for people. */
export class ExportFault extends Error {
  /** The exit status. */
  readonly status: number;

  constructor(message: string, status = NOT_DONE) {
    super(message);
    this.status = status;
  }
}

interface Paged {
  readonly client: Pick<Client, 'ask'>;
  readonly registry: string;
  /** Of the operation. */
  readonly name: string;
  readonly values: CommandValues;
  /** The values that ask for the next page, by what the last row of a page has as `next`, if there is one. */
  readonly next: (place: string) => CommandValues;
}

/**
 * The rows of an operation that gives a table page by page.
 *
 * @throws ExportFault in the iteration.
 */
export async function* rowsOf({ client, registry, name, values, next }: Paged): AsyncGenerator<Row, void> {
  for (let asked: CommandValues | undefined = values; asked !== undefined; ) {
    const rows = await pageOf(client, registry, name, asked);
    yield* rows;
    const place = rows.at(-1)?.['next'];
    asked = place === undefined ? undefined : { ...values, ...next(place) };
  }
}

async function pageOf(
  client: Pick<Client, 'ask'>,
  registry: string,
  name: string,
  values: CommandValues,
): Promise<readonly Row[]> {
  const outcome = await runCommand(client, registry, `thingstead:${name}`, { values });
  if (outcome.kind === 'refused') {
    throw new ExportFault(outcome.why, outcome.error?.condition === 'forbidden' ? FORBIDDEN : NOT_DONE);
  }
  if (outcome.kind === 'faulty') throw new ExportFault(outcome.faults.join(' '), WRONG);
  if (outcome.kind !== 'completed')
    throw new ExportFault('The registry asks for something that this command does not know.');
  const error = outcome.notes.find(({ type }) => type === 'error');
  if (error !== undefined) throw new ExportFault(error.text);
  const { columns, rows } = outcome.form?.table ?? { columns: [], rows: [] };
  return rows.map((row): Row => Object.fromEntries(columns.map(({ name: column }, at) => [column, row[at] ?? ''])));
}
