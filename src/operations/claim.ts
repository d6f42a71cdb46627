import { faultText, makeTag } from '../domain/tag-text.js';
import { KEY } from '../domain/tags.js';
import type { Tag } from '../domain/thing.js';
import type { Services } from './context.js';
import { type Field, optional, secret, text, yesOrNo } from './field.js';
import { operation } from './operation.js';
import { done, faulty, refused } from './outcome.js';
import { faultOfTwice, sentence, TAG_LINES, tagLines, tagText } from './tag-lines.js';
import { identityOf } from './thing-facts.js';
import { labelOf } from './which-thing.js';

/** Makes a Thing the asker's own (XEP-0347 section 3.9). The form is the only one, so that KEY is kept nowhere. */
export const claim = operation({
  name: 'claim',
  label: 'Claim a Thing',
  about:
    'Makes a Thing yours that has registered here and has no owner. Paste the text of its QR code, or fill in exactly the tags that it registered with.',
  may: 'anyone',
  fields: {
    // It holds KEY; but who pastes it has to see what.
    iotdisco: optional({
      ...text<string>(
        {
          label: 'Text of the QR code',
          description: 'It begins with "IoTDisco;" or "iotdisco:". Then leave out the rest.',
        },
        (value) => ({ ok: true, value }),
      ),
      isSecret: true,
    }),
    sn: optional(tagText({ label: 'Serial number', description: 'The tag SN.' }, { kind: 'str', name: 'SN' })),
    man: optional(tagText({ label: 'Manufacturer', description: 'The tag MAN.' }, { kind: 'str', name: 'MAN' })),
    model: optional(tagText({ label: 'Model', description: 'The tag MODEL.' }, { kind: 'str', name: 'MODEL' })),
    v: optional(tagText({ label: 'Version', description: 'The tag V, a number.' }, { kind: 'num', name: 'V' })),
    key: optional(keyField()),
    tags: optional(
      tagLines(
        { label: 'Other tags', description: `All others that it registered with. ${TAG_LINES}` },
        'KEY has a field of its own.',
      ),
    ),
    // XEP-0347 section 3.9 takes a claim for a public one that says nothing. A form always says something, and who did
    // not look at this field is not to have published where the Thing is.
    public: {
      ...yesOrNo({ label: 'Public', description: 'Whether everyone can find it. It can be changed later.' }),
      initial: ['false'],
    },
  },

  async run({ iotdisco, sn, man, model, v, key, tags: others = [], public: isPublic }, { services, asker }) {
    const filledIn = [sn, man, model, v, key, ...others].filter((tag) => tag !== undefined);
    const tags = iotdisco === undefined ? fromFields(filledIn) : fromText(iotdisco, filledIn, services);
    if ('faults' in tags) return tags;
    const claimed = await services.registry.claim({ from: asker.session, tags, isPublic, narrowed: {} });
    if (claimed.outcome === 'wait') return refused('Too many claims have failed; try again in an hour.');
    if (claimed.outcome === 'failed') return refused(FAILED);
    const { thing } = claimed;
    const { ownership, address } = thing;
    const visibility = ownership.isPublic ? 'public' : 'private';
    return done(`${labelOf(thing)} is yours, and ${visibility}. Its id is ${ownership.id}.`, {
      // A claim of what one owns already changes nothing.
      ...(ownership.isPublic !== isPublic && { warning: `It was yours before, and stays ${visibility}.` }),
      facts: identityOf(thing, services.domain),
      after: () => services.notifier.wake(address.jid),
    });
  },
});

/** The same for every reason: a claim that fails tells nothing of what there is. */
const FAILED =
  'The claim failed. It has to give exactly the tags that the Thing registered with, KEY included, and the Thing must have no owner.';

type Refusal = ReturnType<typeof faulty>;

function keyField(): Field<Tag> {
  const shown = { label: 'Key', description: 'The tag KEY, which came with the Thing.' };
  return secret(shown, (value) => {
    const tag = makeTag('str', KEY, value);
    return 'fault' in tag
      ? { ok: false, fault: sentence(faultText(tag, { name: KEY, value })) }
      : { ok: true, value: tag };
  });
}

function fromFields(filledIn: readonly Tag[]): readonly Tag[] | Refusal {
  if (filledIn.length === 0) return faulty('iotdisco', 'Give the text of the QR code, or the tags of the Thing.');
  const twice = faultOfTwice(filledIn);
  return twice === undefined ? filledIn : faulty('tags', twice);
}

function fromText(text: string, filledIn: readonly Tag[], { readIotDisco }: Services): readonly Tag[] | Refusal {
  if (filledIn.length > 0) return faulty('iotdisco', 'Give either this or the tags one by one, not both.');
  const read = readIotDisco(text);
  return 'fault' in read ? faulty('iotdisco', read.fault) : read.tags;
}
