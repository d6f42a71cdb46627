import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeThings } from '../../src/cli/export/things.js';
import type { FileRecord } from '../../src/cli/import/file-record.js';
import { readCsvThings } from '../../src/cli/import/read-csv.js';
import { readJsonThings } from '../../src/cli/import/read-json-lines.js';
import { readXmlThings } from '../../src/cli/import/read-xml.js';
import { KEY, storedTags } from '../../src/domain/tags.js';
import type { OwnershipId, Thing } from '../../src/domain/thing.js';
import { importLineOf, readImportLine } from '../../src/operations/import-line.js';
import { parseJid } from '../../src/xmpp/jid.js';
import { jid, node, tags } from '../xep/0347-registry/arbitraries.js';

const FORMATS = { csv: readCsvThings, jsonl: readJsonThings, xml: readXmlThings } as const;

/** Things are imported for accounts alone, and for none that look like a list or a pattern. */
const account = jid.filter((each) => /^[^;,*@]+@/.test(each));
const ownership = fc.record({ owner: account, isPublic: fc.boolean() }).map((owned) => ({
  ...owned,
  id: 'aaaaaaaaaa' as OwnershipId,
  selfOwned: false,
  since: 1,
  sharedWith: [],
}));
const thing: fc.Arbitrary<Thing> = fc
  .record({ jid, node, tags, ownership: fc.option(ownership) })
  .map(({ jid: bare, node: named, tags: written, ownership: owned }) => ({
    address: { jid: bare, ...named },
    tags: storedTags(written),
    ...(owned && { ownership: owned }),
  }))
  // An import takes U+FFFD for a character that was lost, and refuses it.
  .filter((each) => !JSON.stringify(each).includes('\ufffd'));

async function* each<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

async function exported(things: readonly Thing[], format: keyof typeof FORMATS): Promise<string> {
  const written: string[] = [];
  const out = {
    write: async (more: string) => void written.push(more),
    finish: async () => undefined,
    abandon: async () => undefined,
  };
  await writeThings(each(...things.map(importLineOf)), format, out);
  return written.join('');
}

function imported(record: FileRecord) {
  if (!('text' in record)) return record;
  const bareJid = (text: string) => parseJid(text)?.bare;
  const read = readImportLine(record.text, { bareJid });
  if (!read.ok) return read;
  const { address, tags: given, claim } = read.value;
  return { address, tags: sorted(given), claim };
}

const sorted = (given: Thing['tags']) => [...given].sort((a, b) => (a.name < b.name ? -1 : 1));

describe('Things that were exported', () => {
  it.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])('are imported from %s as they were', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(thing, { maxLength: 5 }), async (things) => {
        const text = await exported(things, format);
        const records: unknown[] = [];
        for await (const record of FORMATS[format](each(text))) records.push(imported(record));
        expect(records).toEqual(
          things.map(({ address, tags: kept, ownership: owned }) => ({
            address,
            tags: sorted(kept),
            claim: owned && { owner: owned.owner, isPublic: owned.isPublic },
          })),
        );
      }),
      { numRuns: format === 'csv' ? 50 : 100 },
    );
  });

  it('have no KEY', async () => {
    const bare = parseJid('a@example.org')?.bare ?? expect.fail();
    const address = { jid: bare, nodeId: '', sourceId: '', cacheType: '' };
    expect(await exported([{ address, tags: [] }], 'csv')).toBe(
      'jid,nodeId,sourceId,cacheType,owner,public\r\na@example.org,,,,,\r\n',
    );
    expect(await exported([{ address, tags: [] }], 'xml')).not.toContain(KEY);
  });
});
