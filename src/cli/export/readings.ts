import { type Client, fieldsDocument, type Reading, type ReadOptions } from '../../client/index.js';
import { findAddress } from '../read/find-address.js';
import { FORMATS } from '../read/formats.js';
import { shown } from '../shown.js';
import type { Output } from './output.js';
import { ExportFault } from './pages.js';

interface ReadingsExport {
  readonly client: Client;
  /** Its id, its address at the registry, or the device's JID. */
  readonly thing: string;
  readonly options: Pick<ReadOptions, 'from' | 'to' | 'fields'>;
  readonly format: 'csv' | 'jsonl' | 'xml';
}

interface ReadingWriter {
  readonly head: string;
  readonly add: (reading: Reading) => string;
  readonly end: () => string;
}

/** Writes what the registry has kept of a Thing, values to the character. @throws ExportFault */
export async function exportReadings({ client, thing, options, format }: ReadingsExport, out: Output): Promise<void> {
  const address = await findAddress(client, thing);
  if (!address.ok) throw new ExportFault(address.why);
  const writer = writerOf(format);
  const readout = client.history(address.value, options);
  await out.write(writer.head);
  for await (const reading of readout) await out.write(writer.add(reading));
  // Whatever came of it, what is written is well formed.
  await out.write(writer.end());
  const { outcome, why = ENDINGS[outcome], failures } = await readout.ended;
  const [failure] = failures;
  if (outcome !== 'done') throw new ExportFault(why);
  if (failure !== undefined) throw new ExportFault(shown(failure.reason));
}

const ENDINGS = {
  done: '',
  refused: 'It was refused.',
  silent: 'Nothing more came, and it has not ended.',
  cancelled: 'Cancelled.',
} as const;

function writerOf(format: ReadingsExport['format']): ReadingWriter {
  if (format === 'xml') return fieldsDocument();
  const { head, row } = FORMATS[format === 'csv' ? 'csv' : 'json'];
  return { head, add: (reading) => `${row(reading)}\n`, end: () => '' };
}
