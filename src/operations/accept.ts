import { decideAcceptance } from '../domain/acceptance.js';
import { changeJoining } from '../domain/change-joining.js';
import { momentText } from '../domain/date-time.js';
import { type BareJid, domainOf } from '../domain/jid.js';
import type { Stored } from '../domain/ports.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { unjoinableOutcome } from './unjoinable.js';
import { labelOf } from './which-thing.js';

/** Somebody takes over a Thing that was offered to him. */
export const accept = operationOnThing({
  name: 'accept',
  label: 'Accept a Thing',
  about: 'Makes a Thing yours that its owner has offered to you.',
  may: { thing: 'accept' },
  fields: {},

  question(_input, { thing }) {
    const { owner, offer } = thing.ownership;
    const history = offer?.withHistory
      ? 'All its readings so far come with it.'
      : 'Its readings so far do not come with it.';
    return `Take over ${labelOf(thing)} from ${owner}? ${history} It will be private, and shared with nobody.`;
  },

  async run(_input, { services, asker, thing }) {
    const { store, ids, clock, notifier, access } = services;
    const mayUse = (jid: BareJid) => access.mayUse({ jid, domain: domainOf(jid) });
    const circumstances = { now: clock.now(), freshId: ids.ownership(), noticeId: ids.notice(), mayUse };
    const acceptance = { ownership: thing.ownership.id, from: asker.session };
    const accepted = await changeJoining(
      store.readings,
      (decide) => store.things.changeAt(thing.address, decide),
      (stored: Stored) => decideAcceptance(stored, acceptance, circumstances),
    );
    if (typeof accepted === 'string') return unjoinableOutcome(accepted);
    switch (accepted.outcome) {
      case 'accepted':
        return done(`The Thing is yours now. Its id is ${accepted.thing.ownership.id}.`, {
          facts: [{ name: 'thing', label: 'Thing', values: [accepted.thing.ownership.id] }],
          after: () => notifier.wake(thing.address.jid),
        });
      case 'void':
        return refused(
          `The offer was open until ${momentText({ ms: accepted.offer.until })}; ask the owner for another one.`,
        );
      case 'owner-denied':
        return refused(
          `${thing.ownership.owner} may not use this component now; the offer waits as long as it is open.`,
        );
      case 'no-offer':
        return refused('The Thing is not offered to you any more.');
    }
  },
});
