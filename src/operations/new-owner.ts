import { type BareJid, domainOf } from '../domain/jid.js';
import { type Unfit, unfitness } from '../domain/transfer.js';
import type { ThingContext } from './context.js';
import { type Field, quoted, yesOrNo } from './field.js';
import type { Faults } from './outcome.js';
import { typedAccount } from './typed-address.js';

/** Whose a Thing is to be: an account's, for a bare domain has nobody who could do anything with it. */
export const NEW_OWNER: Field<BareJid> = {
  type: 'jid-single',
  datatype: 'xs:string',
  label: 'New owner',
  description: 'The JID of the new owner, such as anna@example.org.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const jid = typedAccount(value, bareJid);
    if (jid !== undefined) return { ok: true, value: jid };
    return {
      ok: false,
      fault: `${quoted(value.trim())} is no account without resource; use one like anna@example.org.`,
    };
  },
};

/** Whether readings pass on with a Thing. */
export const HISTORY: Field<boolean> = {
  ...yesOrNo({ label: 'With the readings', description: 'Whether all that was recorded goes along, for good.' }),
  initial: ['false'],
};

/** What is wrong with a new owner of a Thing; undefined: nothing. */
export function newOwnerFaults(jid: BareJid, { services, thing }: ThingContext): Faults | undefined {
  const mayUse = services.access.mayUse({ jid, domain: domainOf(jid) });
  if (!mayUse) return new Map([['to', `${jid} may not use this component.`]]);
  const unfit = unfitness(thing, jid);
  return unfit && unfitFaults(unfit, jid);
}

/** Why a Thing cannot be this one's, in words. */
export function unfitFaults(unfit: Unfit, jid: BareJid): Faults {
  return new Map([['to', UNFIT[unfit](jid)]]);
}

const UNFIT: Readonly<Record<Unfit, (jid: BareJid) => string>> = {
  'its-own': () => 'The Thing is its own owner, by its own registration; it passes to nobody else.',
  owner: (jid) => `${jid} owns the Thing already.`,
  'thing-itself': (jid) => `${jid} is the Thing itself.`,
};
