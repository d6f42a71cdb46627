import { decideImport, type Imported } from '../domain/import.js';
import { bareOf, domainOf } from '../domain/jid.js';
import { canonicalTags, storedTags } from '../domain/tags.js';
import type { Context } from './context.js';
import { type Field, lines, type Read, yesOrNo } from './field.js';
import { type ImportLine, readImportLine } from './import-line.js';
import { operation } from './operation.js';
import { done } from './outcome.js';

/** Lines of one command, at most. */
export const MOST_LINES = 100;
/** All lines of one command, in characters: as JSON in a stanza they stay below the 256 KiB that a server lets in. */
export const MOST_CHARACTERS = 131_072;

/** An administrator registers many Things before they come, or claims them for their owners. */
export const importThings = operation({
  name: 'import',
  label: 'Import Things',
  about:
    'Registers Things before they come, and claims them for their owners where these are named. What has an owner already stays as it is.',
  may: 'administrator',
  fields: {
    things: things({
      label: 'Things',
      description: `A Thing a line, at most ${MOST_LINES}: {"jid": "meter7@example.org", "owner": "anna@example.org", "public": false, "key": "4857", "tags": {"SN": "39487", "#LAT": "59.30"}}.`,
    }),
    dryRun: {
      ...yesOrNo({ label: 'Dry run', description: 'Only says what would be done.' }),
      initial: ['false'],
    },
  },

  async run({ things: read, dryRun }, context) {
    const results = await Promise.all(read.map((line) => (line.ok ? take(line.value, dryRun, context) : wrong(line))));
    const rows = results.map(({ outcome, id, why }, at) => [String(at + 1), outcome, id, why]);
    const claimed = results.flatMap(({ owed }) => owed ?? []);
    return done(summary(results, dryRun), {
      table: { columns: COLUMNS, rows },
      after: async () => {
        await Promise.all([...new Set(claimed)].map((jid) => context.services.notifier.wake(jid)));
      },
    });
  },
});

type Line = Read<ImportLine>;

/** What came of a line; `owed` is the JID of a Thing that is to be told. */
interface Result {
  readonly outcome: 'done' | 'unchanged' | 'refused';
  readonly id: string;
  readonly why: string;
  readonly owed?: ImportLine['address']['jid'];
}

const COLUMNS = [
  { name: 'line', label: 'Line' },
  { name: 'outcome', label: 'Outcome' },
  { name: 'id', label: 'Id' },
  { name: 'why', label: 'Why' },
];

/** Lines may hold KEYs. One that is wrong is told of by itself, and the others count. */
function things(shown: Pick<Field<unknown>, 'label' | 'description'>): Field<readonly Line[]> {
  return {
    ...lines({ ...shown, longest: MOST_CHARACTERS }, () => ({ ok: true, value: [] })),
    isSecret: true,
    read: (values, reading) => ({ ok: true, value: values.map((line) => readImportLine(line, reading)) }),
  };
}

function wrong({ fault }: Extract<Line, { readonly ok: false }>): Result {
  return { outcome: 'refused', id: '', why: fault };
}

/** Each is decided by itself; those that are asked for together are written together. */
async function take(line: ImportLine, dryRun: boolean, { services, asker }: Context): Promise<Result> {
  const { address, tags, claim } = line;
  for (const jid of [address.jid, ...(claim === undefined ? [] : [claim.owner])]) {
    if (!services.access.mayUse({ jid, domain: domainOf(jid) })) {
      return { outcome: 'refused', id: '', why: `${jid} may not use this component.` };
    }
  }
  const { store, ids, clock, digest } = services;
  const claimDigest = storedTags(tags).length > 0 ? await digest.of(canonicalTags(tags)) : undefined;
  const [freshId, noticeId] = [ids.ownership(), ids.notice()];
  const imported = await store.things.changeAt(address, (stored) => {
    const asked = { ...line, from: asker.session };
    const change = decideImport(stored, asked, claimDigest, { now: clock.now(), freshId, noticeId });
    return dryRun ? { ...change, writes: [] } : change;
  });
  const result = resultOf(imported, dryRun);
  return imported.outcome === 'claimed' && !dryRun ? { ...result, owed: bareOf(address.jid) } : result;
}

function resultOf(imported: Imported, dryRun: boolean): Result {
  switch (imported.outcome) {
    case 'registered':
      return { outcome: 'done', id: '', why: '' };
    case 'claimed':
      // Of an ownership that will not begin there is no name.
      return { outcome: 'done', id: dryRun ? '' : imported.id, why: '' };
    case 'unchanged':
      return { outcome: 'unchanged', id: imported.id ?? '', why: '' };
    case 'refused':
      return { outcome: 'refused', id: imported.id, why: 'It is claimed by another owner.' };
  }
}

function summary(results: readonly Result[], dryRun: boolean): string {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const verb = dryRun ? 'would be done' : 'done';
  return `${count('done')} ${verb}, ${count('unchanged')} unchanged, ${count('refused')} refused.`;
}
