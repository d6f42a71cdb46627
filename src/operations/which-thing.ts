import type { Right } from '../domain/access.js';
import { namedThing } from '../domain/named-thing.js';
import { type ClaimedThing, isClaimed, nameOf, type Tag } from '../domain/thing.js';
import type { Context } from './context.js';
import { type FieldDescription, MOST_OPTIONS, type Option } from './field.js';
import type { Denied } from './operation.js';

/** The field that says which Thing an operation is on, without those that there are. */
export const THING: FieldDescription = {
  type: 'list-single',
  datatype: 'xs:string',
  label: 'Thing',
  description:
    'Which Thing: its id, or its JID where it stands alone. For one that is not listed, run this at its own address.',
  isRequired: true,
  // There may be more than are listed.
  isOpen: true,
};

/**
 * What there is to choose from: of what service discovery lists to the asker (DESIGN section 2: its own, those shared
 * with it by JID, public ones) that on which it has the right; for administrators, all that have an owner. A private
 * Thing that is shared with a domain or with everyone is not to be found here either; who knows its name may give that.
 */
export async function optionsOf(context: Context, right: Right): Promise<readonly Option[]> {
  const things = await thingsOf(context, right, MOST_OPTIONS + 1);
  return things.map((thing) => ({ value: thing.ownership.id, label: labelOf(thing) }));
}

/** Whether the asker has the right on any Thing. */
export async function hasThing(context: Context, right: Right): Promise<boolean> {
  const { access, store } = context.services;
  if (access.mayOnAll(context.asker, right)) return true;
  // Also on those that are in no list, but can be named.
  const things = await store.things.oneOfEach(context.asker);
  return things.some((thing) => access.may(context.asker, right, thing));
}

/** The Thing that a text names ({@link namedThing}), if the asker has the right on it; else it is not there. */
export async function findThing(
  { services, asker }: Context,
  right: Right,
  name: string,
): Promise<ClaimedThing | undefined> {
  const thing = await namedThing(services, name);
  return thing !== undefined && services.access.may(asker, right, thing) ? thing : undefined;
}

/** Puts into the audit trail that somebody named a Thing on which he may not do that, or none. */
export function noteMissing({ services, asker }: Context, action: string, name: string): Promise<void> {
  // What is neither an id nor the JID of an account may be anything that people paste, a KEY too.
  const jid = ACCOUNT.test(name) ? services.bareJid(name) : undefined;
  const subject = OWNERSHIP_ID.test(name) ? name : (jid ?? '');
  return services.refusals.note({ actor: asker.session, action, subject, outcome: 'item-not-found' });
}

/** That the field of a form names a Thing on which the asker may not do that, or none. */
export function deniedThing(context: Context, action: string, field: string, name: string, words: string): Denied {
  return { faults: new Map([[field, words]]), note: () => noteMissing(context, action, name) };
}

/** What people call a Thing, and what tells it from others that they call so. */
export function labelOf({ address, tags }: Pick<ClaimedThing, 'address' | 'tags'>): string {
  const tag = tags.find(({ name }) => name === 'NAME') ?? tags.find(({ name }) => name === 'SN');
  return tag === undefined ? nameOf(address) : `${textOf(tag)} (${nameOf(address)})`;
}

const OWNERSHIP_ID = /^[a-z2-7]{10}$/;
const ACCOUNT = /^[^@;=\s]+@[^@;=\s]+$/;

/** Of how many of the asker's own Things, and of those shared with it by JID, those are taken that are listed. */
const MOST_NEAR = 1000;

// Own ones come first. A right to read comes from owning, from a share, or from a Thing that is its own owner: what is
// public and no more need not be walked.
async function thingsOf({ services, asker }: Context, right: Right, limit: number): Promise<readonly ClaimedThing[]> {
  const { store, access, clock } = services;
  if (right === 'accept') return store.things.offeredTo(asker.jid, limit);
  if (right === 'administer') {
    const all = await store.overview.things({ part: '', state: 'claimed', now: clock.now(), after: 0, limit });
    return all.things.map(({ thing }) => thing).filter(isClaimed);
  }
  const near = await store.things.ofViewer(asker.jid, MOST_NEAR);
  const isOwn = ({ ownership }: ClaimedThing) => ownership.owner === asker.jid;
  const open = right === 'read' ? await store.things.openTo(asker, limit) : [];
  const listed = [
    ...near.filter(isOwn),
    ...near.filter((thing) => !isOwn(thing)),
    ...open.filter(({ ownership }) => ownership.isPublic),
  ];
  const byId = new Map(listed.map((thing) => [thing.ownership.id, thing]));
  return [...byId.values()].filter((thing) => access.may(asker, right, thing)).slice(0, limit);
}

function textOf(tag: Tag): string {
  return tag.kind === 'num' ? tag.text : tag.value;
}
