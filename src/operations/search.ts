import { type Criterion, PAGE } from '../domain/search.js';
import { LIMITS } from '../domain/tags.js';
import type { ClaimedThing } from '../domain/thing.js';
import { CONDITION_LINES, conditionLines, likeText } from './conditions.js';
import { type Field, optional, text } from './field.js';
import { thingsInShort } from './in-short.js';
import { operation } from './operation.js';
import { done, faulty } from './outcome.js';
import { mentionsKey, tagLine } from './tag-lines.js';
import { labelOf } from './which-thing.js';
import { wholeNumber } from './whole-number.js';

/** How much of the tags of a Thing a row shows, in characters. */
const TAGS_SHOWN = 200;

/** Finds public Things by their tags (XEP-0347 section 3.15). */
export const search = operation({
  name: 'search',
  label: 'Search for Things',
  about: 'Finds public Things by their tags. All that is filled in has to hold.',
  may: 'anyone',
  fields: {
    name: optional(like('NAME', 'Name')),
    sn: optional(like('SN', 'Serial number')),
    man: optional(like('MAN', 'Manufacturer')),
    model: optional(like('MODEL', 'Model')),
    tags: optional(conditionLines({ label: 'Other tags', description: CONDITION_LINES })),
    max: wholeNumber(
      { label: 'At most', description: `How many Things, at most ${PAGE.most}.` },
      { min: 1, max: PAGE.most, initial: PAGE.default },
    ),
    offset: wholeNumber(
      { label: 'From', description: 'How many to pass over.' },
      { min: 0, max: Number.MAX_SAFE_INTEGER, initial: 0 },
    ),
  },

  async run({ name, sn, man, model, tags = [], max, offset }, { services }) {
    const criteria = [...[name, sn, man, model].filter((criterion) => criterion !== undefined), ...tags];
    if (criteria.length === 0) return faulty('tags', 'Give one condition or more, here or in another field.');
    if (criteria.length > LIMITS.tagsPerThing) {
      return faulty('tags', `${criteria.length} conditions are too many; a search has at most ${LIMITS.tagsPerThing}.`);
    }
    const { things, more } = await services.registry.search({ criteria, offset, maxCount: max });
    if (things.length === 0) return done(offset > 0 ? 'No more public Things match.' : 'No public Thing matches.');
    const columns = COLUMNS.map(([column, label]) => ({ name: column, label }));
    return done(thingsInShort(things), {
      table: { columns, rows: things.map(rowOf) },
      ...(more && { warning: `There are more; search again from ${offset + things.length}.` }),
    });
  },
});

const COLUMNS = [
  ['thing', 'Id'],
  ['label', 'Thing'],
  ['jid', 'JID'],
  ['nodeId', 'Node'],
  ['sourceId', 'Source'],
  ['cacheType', 'Cache type'],
  ['owner', 'Owner'],
  ['tags', 'Tags'],
] as const;

/** Only public Things are found, and of these everyone may know the id. */
function rowOf(thing: ClaimedThing): readonly string[] {
  const { jid, nodeId, sourceId, cacheType } = thing.address;
  const { id, owner } = thing.ownership;
  return [id, labelOf(thing), jid, nodeId, sourceId, cacheType, owner, shortly(thing.tags.map(tagLine).join('; '))];
}

function shortly(words: string): string {
  const [...characters] = words;
  return characters.length > TAGS_SHOWN ? `${characters.slice(0, TAGS_SHOWN).join('')}...` : words;
}

function like(name: string, label: string): Field<Criterion> {
  const shown = { label, description: `The tag ${name}; * stands for anything.` };
  return { ...text(shown, (written) => likeText(name, written)), mayShow: (value) => !mentionsKey(value) };
}
