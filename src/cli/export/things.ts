import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Client } from '../../client/index.js';
import type { Output } from './output.js';
import { rowsOf } from './pages.js';
import { readThingLine, type ThingFormatName, thingFormat } from './thing-formats.js';

interface ThingsExport {
  readonly client: Pick<Client, 'ask'>;
  readonly registry: string;
  /** Whether those of everybody, which administrators may see. */
  readonly all: boolean;
  readonly format: ThingFormatName;
}

/** Writes Things as `thingstead import` reads them, but for their KEYs. */
export async function exportThings({ client, registry, all, format }: ThingsExport, out: Output): Promise<void> {
  const rows = rowsOf({
    client,
    registry,
    name: 'export',
    values: { all: [String(all)] },
    next: (place) => ({ after: [place] }),
  });
  await writeThings(linesOf(rows), format, out);
}

async function* linesOf(rows: AsyncIterable<Readonly<Record<string, string>>>): AsyncGenerator<string, void> {
  for await (const { line = '' } of rows) yield line;
}

/** @param lines of JSON, without line ends. */
export async function writeThings(lines: AsyncIterable<string>, format: ThingFormatName, out: Output): Promise<void> {
  // The first line of CSV names the columns, which are known when all Things have been seen.
  if (format === 'csv') await spooled(lines, (kept, names) => write(kept, thingFormatOf(names), out));
  else await write(lines, thingFormat(format, []), out);
}

const thingFormatOf = (names: ReadonlySet<string>) => thingFormat('csv', [...names].sort());

async function write(lines: AsyncIterable<string>, format: ReturnType<typeof thingFormat>, out: Output): Promise<void> {
  await out.write(format.head);
  for await (const line of lines) await out.write(format.row(readThingLine(line)));
  await out.write(format.tail);
}

/** Keeps the lines in a file of its own, which nobody else can read, until they have been used. */
async function spooled(
  lines: AsyncIterable<string>,
  use: (lines: AsyncIterable<string>, tagNames: ReadonlySet<string>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-export-'));
  const file = join(folder, 'things.jsonl');
  try {
    const names = new Set<string>();
    const stream = createWriteStream(file, { mode: 0o600 });
    for await (const line of lines) {
      for (const name of readThingLine(line).tags.keys()) names.add(name);
      if (!stream.write(`${line}\n`)) await once(stream, 'drain');
    }
    await new Promise<void>((resolve) => stream.end(resolve));
    await use(createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }), names);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
