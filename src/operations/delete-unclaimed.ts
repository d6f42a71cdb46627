import { decideUnclaimedDeletion } from '../domain/deletion.js';
import type { BareJid } from '../domain/jid.js';
import { isClaimed, nameOf, type Thing, type ThingAddress } from '../domain/thing.js';
import { type Field, optional, quoted, text } from './field.js';
import { operation } from './operation.js';
import { done, type Faults } from './outcome.js';
import { REASON } from './reason.js';
import { labelOf } from './which-thing.js';

/** The account of a Thing; `jid` is who runs a command, on the command line. */
const JID: Field<BareJid> = {
  type: 'jid-single',
  datatype: 'xs:string',
  label: 'JID',
  description: 'That of the Thing, as the operation things shows it.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const jid = bareJid(value.trim());
    if (jid !== undefined) return { ok: true, value: jid };
    return { ok: false, fault: `${quoted(value)} is no JID without resource; use one like meter@example.org.` };
  },
};

/**
 * An administrator takes a Thing out of the registry that nobody owns. It has no id: that is an ownership's. So it is named
 * by its address, and this is an operation beside `delete`.
 */
export const deleteUnclaimed = operation({
  name: 'delete-unclaimed',
  label: 'Delete an unclaimed Thing',
  about: 'Takes a Thing out of the registry that has no owner. It comes back when it registers.',
  may: 'administrator',
  fields: {
    device: JID,
    nodeId: optional(partOf('Node')),
    sourceId: optional(partOf('Source')),
    cacheType: optional(partOf('Cache type')),
    reason: optional(REASON),
  },

  async check(given, { services }) {
    const thing = await services.store.things.at(addressOf(given));
    return thing === undefined || isClaimed(thing) ? faultsOf(thing) : undefined;
  },

  async question(given, { services }) {
    const address = addressOf(given);
    const thing = await services.store.things.at(address);
    return `Take ${labelOf(thing ?? { address, tags: [] })} out of the registry? Nobody owns it.`;
  },

  async run(given, { services, asker }) {
    const { store, ids, clock, notifier, reach } = services;
    const address = addressOf(given);
    const intervention = { from: asker.session, reason: given.reason ?? '', noticeId: ids.notice() };
    const now = clock.now();
    const deleted = await store.things.changeAt(address, (stored) =>
      decideUnclaimedDeletion(stored, intervention, now),
    );
    if (deleted.outcome !== 'deleted') return { outcome: 'faults', faults: faultsOf(deleted.thing) };
    return done(`${nameOf(address)} is out of the registry.`, {
      after: async () => {
        await notifier.wake(address.jid);
        await reach.forgetIfLast(address.jid);
      },
    });
  },
});

interface Given extends Partial<Record<'nodeId' | 'sourceId' | 'cacheType', string | undefined>> {
  readonly device: BareJid;
}

function addressOf({ device, nodeId = '', sourceId = '', cacheType = '' }: Given): ThingAddress {
  return { jid: device, nodeId, sourceId, cacheType };
}

/** A part of an address: to the character. */
function partOf(label: string): Field<string> {
  const shown = { label, description: 'Exactly as the operation things shows it; empty where it shows none.' };
  return {
    ...text(shown, (value) => ({ ok: true, value })),
    isExact: true,
    read: ([value = '']) => ({ ok: true, value }),
  };
}

function faultsOf(thing: Thing | undefined): Faults {
  const fault = isClaimed(thing)
    ? `${thing.ownership.owner} owns it; use delete, with its id ${thing.ownership.id}.`
    : 'There is no Thing with exactly this JID, node, source and cache type; see those that things lists as unclaimed.';
  return new Map([['device', fault]]);
}
