import { KEY, LIMITS } from '../domain/tags.js';
import type { Tag } from '../domain/thing.js';
import { timeZone } from '../domain/time-zone.js';
import { decideDescription } from '../domain/update.js';
import { optional, quoted, type Read, text } from './field.js';
import { operationOnThing } from './operation.js';
import { done, faulty, refused } from './outcome.js';
import { faultOfTwice, inOneLine, TAG_LINES, tagLine, tagLines, tagText } from './tag-lines.js';

const NAME = 'NAME';

/** An owner says what is said of a Thing, and in which zone its times are. */
export const update = operationOnThing({
  name: 'update',
  label: 'Rename a Thing, change its tags',
  about:
    'Says what the Thing is called, what else is said of it, and in which time zone it is. The list of tags is the whole new list: what is not in it is removed, also what the Thing added meanwhile.',
  may: { thing: 'manage' },
  fields: {
    name: optional(
      tagText({ label: 'Name', description: 'The tag NAME; empty removes it.' }, { kind: 'str', name: NAME }),
    ),
    tags: optional(
      tagLines(
        { label: 'Tags', description: `All the others; a line that is left out removes its tag. ${TAG_LINES}` },
        `${KEY} cannot be set here: the Thing alone can empty it.`,
      ),
    ),
    zone: optional(
      text({ label: 'Time zone', description: 'Such as Europe/Berlin; empty: that of the registry.' }, readZone),
    ),
  },

  present: async ({ thing: { tags, ownership } }) => ({
    values: new Map([
      ['name', tags.filter(isName).map((tag) => inOneLine(tag.value))],
      ['tags', tags.filter((tag) => !isName(tag)).map(tagLine)],
      ['zone', ownership.zone === undefined ? [] : [ownership.zone]],
    ]),
  }),

  async run({ name, tags: others = [], zone }, { services, asker, thing }) {
    const given = name === undefined ? others : [name, ...others];
    const twice = faultOfTwice(given);
    if (twice !== undefined) return faulty('tags', twice);
    const tags = given.map((tag) => asStored(tag, thing.tags));
    const asked = { ownership: thing.ownership.id, from: asker.session, tags, ...(zone !== undefined && { zone }) };
    const now = services.clock.now();
    const described = await services.store.things.changeAt(thing.address, (stored) =>
      decideDescription(stored, asked, now),
    );
    switch (described) {
      case 'done':
        return done('The Thing is described as you said.');
      case 'as-before':
        return done('Nothing has changed.');
      case 'too-many-tags':
        return faulty('tags', `A Thing has at most ${LIMITS.tagsPerThing} tags, its name included.`);
      case 'not-found':
        return refused('The Thing is not yours any more.');
    }
  },
});

/** A number called NAME is a tag as any other. */
function isName(tag: Tag): tag is Tag & { readonly kind: 'str' } {
  return tag.name === NAME && tag.kind === 'str';
}

function readZone(name: string): Read<string> {
  if (timeZone(name) !== undefined) return { ok: true, value: name };
  return { ok: false, fault: `There is no time zone ${quoted(name)}; use a name such as Europe/Berlin.` };
}

/** A tag that was left as the form showed it is left as it is, with white space that the form could not show. */
function asStored(tag: Tag, stored: readonly Tag[]): Tag {
  return stored.find((other) => tagLine(other) === tagLine(tag)) ?? tag;
}
