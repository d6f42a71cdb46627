import { momentText } from '../domain/date-time.js';
import type { BareJid } from '../domain/jid.js';
import type { Offer } from '../domain/thing.js';
import { decideOffer, decideWithdrawal, isVoid } from '../domain/transfer.js';
import type { ThingContext } from './context.js';
import { optional } from './field.js';
import { HISTORY, NEW_OWNER, newOwnerFaults, unfitFaults } from './new-owner.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { labelOf } from './which-thing.js';

/** An owner offers a Thing to somebody else, who accepts or declines; or takes the offer back. */
export const transfer = operationOnThing({
  name: 'transfer',
  label: 'Give a Thing to another owner',
  about:
    'Offers the Thing to somebody, who has 7 days to accept or decline. Until then it stays yours. To take an offer back, leave the new owner empty.',
  may: { thing: 'manage' },
  fields: {
    to: optional({
      ...NEW_OWNER,
      description: `${NEW_OWNER.description} Empty: nobody; an offer that is open is taken back.`,
    }),
    history: HISTORY,
  },

  async present(context) {
    const offer = openOffer(context);
    if (offer === undefined) return { note: 'The Thing is offered to nobody.' };
    const values = new Map([
      ['to', [offer.to]],
      ['history', [String(offer.withHistory)]],
    ]);
    return { note: `The Thing is offered to ${offerText(offer)}.`, values };
  },

  check: ({ to }, context) => (to === undefined ? undefined : newOwnerFaults(to, context)),

  question({ to, history }, context) {
    const offer = openOffer(context);
    const name = labelOf(context.thing);
    if (to === undefined) {
      return offer === undefined
        ? `${name} is offered to nobody: there is nothing to take back.`
        : `Take back the offer of ${name} to ${offer.to}? It stays yours.`;
    }
    const instead = offer !== undefined && offer.to !== to ? ` The offer to ${offer.to} ends.` : '';
    return `Offer ${name} to ${to}?${instead} Once it is accepted, the Thing is not yours any more: you and those with whom you shared it can no longer see or read it, and it is recorded no longer. ${history ? ALONG : STAY}`;
  },

  async run({ to, history }, context) {
    return to === undefined ? withdraw(context) : offerTo(context, to, history);
  },
});

const ALONG = 'All readings go to the new owner for good; you keep none.';
const STAY =
  'The new owner gets none of the readings so far; they are kept for a while in case the Thing becomes yours again, then deleted.';

async function offerTo(context: ThingContext, to: BareJid, withHistory: boolean): Promise<Outcome> {
  const { services, asker, thing } = context;
  const offering = { ownership: thing.ownership.id, from: asker.session, to, withHistory };
  const now = services.clock.now();
  const offered = await services.store.things.changeAt(thing.address, (stored) => decideOffer(stored, offering, now));
  switch (offered.outcome) {
    case 'offered':
      return done(`The Thing is offered to ${offerText(offered.offer)}. It is yours until that is accepted.`);
    case 'not-found':
      return refused('The Thing is not yours any more.');
    default:
      return { outcome: 'faults', faults: unfitFaults(offered.outcome, to) };
  }
}

async function withdraw({ services, asker, thing }: ThingContext): Promise<Outcome> {
  const offering = { ownership: thing.ownership.id, from: asker.session };
  const now = services.clock.now();
  const withdrawn = await services.store.things.changeAt(thing.address, (stored) =>
    decideWithdrawal(stored, offering, now),
  );
  switch (withdrawn) {
    case 'withdrawn':
      return done('The offer is taken back; the Thing stays yours.');
    case 'none':
      return done('The Thing is offered to nobody.');
    case 'not-found':
      return refused('The Thing is not yours any more.');
  }
}

function openOffer({ services, thing }: ThingContext): Offer | undefined {
  const { offer } = thing.ownership;
  return offer !== undefined && !isVoid(offer, services.clock.now()) ? offer : undefined;
}

function offerText({ to, withHistory, until }: Offer): string {
  return `${to}, ${withHistory ? 'with' : 'without'} its readings, until ${momentText({ ms: until })}`;
}
