import type { ClaimedThing } from '../domain/thing.js';
import { operation } from './operation.js';
import { done } from './outcome.js';
import { labelOf } from './which-thing.js';

/** Things in one table, at most. */
const MOST = 1000;

/** Lists one's own Things, and those shared with one by JID. */
export const myThings = operation({
  name: 'my-things',
  label: 'My Things',
  about: 'Lists your Things, and those that are shared with you.',
  may: 'anyone',
  fields: {},

  async run(_input, { services, asker }) {
    const things = await services.store.things.ofViewer(asker.jid, MOST + 1);
    const rows = things.slice(0, MOST).map((thing) => rowOf(thing, thing.ownership.owner === asker.jid));
    const columns = COLUMNS.map(([name, label]) => ({ name, label }));
    const warning = things.length > MOST ? { warning: `There are more; these are the first ${MOST}.` } : {};
    if (rows.length === 0) return done('You have no Things, and none are shared with you.');
    return done(rows.length === 1 ? 'One Thing.' : `${rows.length} Things.`, { table: { columns, rows }, ...warning });
  },
});

const COLUMNS = [
  ['thing', 'Id'],
  ['label', 'Thing'],
  ['jid', 'JID'],
  ['owner', 'Owner'],
  ['visibility', 'Visibility'],
  ['shared', 'Shared with'],
] as const;

/** With whom else it is shared is the owner's business. */
function rowOf(thing: ClaimedThing, isOwn: boolean): readonly string[] {
  const { id, owner, isPublic, sharedWith } = thing.ownership;
  const shared = isOwn ? sharedWith.join(', ') : '';
  return [id, labelOf(thing), thing.address.jid, owner, isPublic ? 'public' : 'private', shared];
}
