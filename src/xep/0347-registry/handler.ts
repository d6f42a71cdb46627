import type { BareJid } from '../../domain/jid.js';
import type { Notifier } from '../../domain/notifier.js';
import type { Reach } from '../../domain/reach.js';
import type { Registry } from '../../domain/registry.js';
import { LIMITS } from '../../domain/tags.js';
import type { ClaimedThing, ThingAddress } from '../../domain/thing.js';
import type { Element } from '../../xmpp/element.js';
import type { Jid } from '../../xmpp/jid.js';
import type { Answer, IqRequest } from '../../xmpp/protocol.js';
import type { Decoded } from '../../xmpp/reader.js';
import { type StanzaError, stanzaError } from '../../xmpp/stanza-error.js';
import type { Over } from '../over.js';
import {
  decodeMine,
  decodeNodeReference,
  decodeRegister,
  decodeThingReference,
  decodeUpdate,
  type Mine,
  type NodeReference,
  type Register,
  type ThingReference,
  type Update,
} from './codec.js';
import { encodeClaimed, encodeDisowned } from './notices-codec.js';
import { decodeSearch, encodeFound, type FoundThing } from './search-codec.js';

export interface RegistryHandlerDeps {
  readonly registry: Registry;
  readonly notifier: Notifier;
  readonly reach: Reach;
  /** Counts what somebody is about to do. @returns what to tell who has done too much of it. */
  readonly over?: Over;
}

type Handle = (request: IqRequest<ClaimedThing>) => Promise<Answer>;

const NOT_YOURS = stanzaError('item-not-found', 'You own no such Thing.');
const CLAIM_FAILED = stanzaError('item-not-found', 'The claim failed.');
const WAIT = stanzaError('resource-constraint', 'Too many claims have failed; try again in an hour.');
const UNREGISTERED = stanzaError('item-not-found', 'No such Thing is registered.');
const NO_ANSWER = stanzaError('not-allowed', 'The Thing did not acknowledge; it has to be on line to be disowned.');
const KEY_GIVEN = stanzaError('bad-request', 'KEY cannot be set here: the Thing alone can empty it.');
const NO_ROOM = stanzaError(
  'resource-constraint',
  'As many Things are registered by this account as one may have; unregister some, or ask the operator for more.',
);
const TOO_MANY = stanzaError('bad-request', `A Thing has at most ${LIMITS.tagsPerThing} tags.`);

/** What each request of XEP-0347 (version 0.5.1) is answered, by the name of its element. */
export function createRegistryHandlers({
  registry,
  notifier,
  reach,
  over,
}: RegistryHandlerDeps): Record<string, Handle> {
  async function register({ node, selfOwned, tags }: Register, from: Jid): Promise<Answer> {
    const address = addressOf(from, node);
    const tooMuch = over?.('registrations', from);
    if (tooMuch !== undefined) return { error: tooMuch };
    const registered = await registry.register({ address, from: from.full, selfOwned, tags });
    if (registered.outcome === 'too-many-tags') return { error: TOO_MANY };
    if (registered.outcome === 'too-many-things') return { error: NO_ROOM };
    const after = async () => {
      await reach.befriend(from.bare);
      await reach.heard(from.full);
    };
    if (registered.outcome === 'registered') return { result: undefined, after };
    const { owner, isPublic } = registered;
    return { result: encodeClaimed({ jid: owner, isPublic, node }), after };
  }

  async function mine({ node, isPublic, tags }: Mine, from: Jid): Promise<Answer> {
    const claimed = await registry.claim({ from: from.full, tags, isPublic, narrowed: node });
    if (claimed.outcome === 'wait') return { error: WAIT };
    if (claimed.outcome === 'failed') return { error: CLAIM_FAILED };
    const { address, ownership } = claimed.thing;
    return {
      result: encodeClaimed({ jid: address.jid, isPublic: ownership.isPublic, node: address }),
      after: () => notifier.wake(address.jid),
    };
  }

  async function update({ jid, node, tags }: Update, from: Jid): Promise<Answer> {
    const isOwner = jid !== undefined && jid !== from.bare;
    const address = { ...node, jid: jid ?? from.bare };
    const asked = { address, from: from.full, tags };
    const updated = await (isOwner ? registry.updateByOwner(asked) : registry.update(asked));
    const answers: Readonly<Record<typeof updated, Answer>> = {
      updated: { result: undefined },
      'not-found': { error: isOwner ? NOT_YOURS : UNREGISTERED },
      disowned: { result: encodeDisowned(node) },
      'key-given': { error: KEY_GIVEN },
      'too-many-tags': { error: TOO_MANY },
    };
    return isOwner ? answers[updated] : { ...answers[updated], after: () => reach.heard(from.full) };
  }

  async function remove({ jid, node }: ThingReference, from: Jid): Promise<Answer> {
    const removed = await registry.remove({ ...node, jid }, from.full);
    if (removed === 'not-found') return { error: NOT_YOURS };
    return { result: undefined, after: () => afterEnd(jid) };
  }

  async function afterEnd(jid: BareJid): Promise<void> {
    await notifier.wake(jid);
    await reach.forgetIfLast(jid);
  }

  async function unregister({ node }: NodeReference, from: Jid): Promise<Answer> {
    await registry.unregister(addressOf(from, node), from.full);
    return { result: undefined, after: () => afterEnd(from.bare) };
  }

  async function disown({ jid, node }: ThingReference, from: Jid): Promise<Answer> {
    const disowned = await registry.disown({ ...node, jid }, from.full);
    const errors: Readonly<Record<typeof disowned, StanzaError | undefined>> = {
      disowned: undefined,
      'not-found': NOT_YOURS,
      'not-allowed': NO_ANSWER,
    };
    const error = errors[disowned];
    return error === undefined ? { result: undefined, after: () => notifier.wake(jid) } : { error };
  }

  return {
    register: decoding(decodeRegister, register),
    mine: decoding(decodeMine, mine),
    update: decoding(decodeUpdate, update),
    remove: decoding(decodeThingReference, remove),
    unregister: decoding(decodeNodeReference, unregister),
    disown: decoding(decodeThingReference, disown),
    search: decoding(decodeSearch, async (search) => {
      const { things, more } = await registry.search(search);
      return { result: encodeFound({ things: things.map(foundThing), more }) };
    }),
  };
}

function decoding<T>(
  decode: (payload: Element) => Decoded<T>,
  answer: (asked: T, from: Jid) => Promise<Answer>,
): Handle {
  return async ({ payload, from }) => {
    const decoded = decode(payload);
    return decoded.ok ? answer(decoded.value, from) : { error: decoded.error };
  };
}

function addressOf(from: Jid, node: Omit<ThingAddress, 'jid'>): ThingAddress {
  return { ...node, jid: from.bare };
}

function foundThing({ address, ownership, tags }: ClaimedThing): FoundThing {
  return { owner: ownership.owner, jid: address.jid, node: address, tags };
}
