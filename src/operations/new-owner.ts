import type { Access } from '../domain/access.js';
import { type BareJid, domainOf } from '../domain/jid.js';
import type { Unfit } from '../domain/transfer.js';
import { type Field, quoted, yesOrNo } from './field.js';
import { type Outcome, refused } from './outcome.js';

/** Whose a Thing is to be. */
export const NEW_OWNER: Field<BareJid> = {
  type: 'jid-single',
  datatype: 'xs:string',
  label: 'New owner',
  description: 'The JID of the new owner, such as anna@example.org.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const jid = bareJid(value.trim());
    if (jid !== undefined) return { ok: true, value: jid };
    return { ok: false, fault: `${quoted(value.trim())} is no JID without resource; use one like anna@example.org.` };
  },
};

/** Whether readings pass on with a Thing. */
export const HISTORY: Field<boolean> = {
  ...yesOrNo({ label: 'With the readings', description: 'Whether all that was recorded goes along, for good.' }),
  initial: ['false'],
};

/** What is wrong with a new owner whatever the Thing; undefined: nothing. */
export function newOwnerFault(access: Access, jid: BareJid): Outcome | undefined {
  return access.mayUse({ jid, domain: domainOf(jid) }) ? undefined : fault(`${jid} may not use this component.`);
}

/** Why a Thing cannot be this one's, in words. */
export function unfitOutcome(unfit: Unfit, jid: BareJid): Outcome {
  switch (unfit) {
    case 'its-own':
      return refused('The Thing is its own owner, by its own registration; it passes to nobody else.');
    case 'owner':
      return fault(`${jid} owns the Thing already.`);
    case 'thing-itself':
      return fault(`${jid} is the Thing itself.`);
  }
}

function fault(words: string): Outcome {
  return { outcome: 'faults', faults: new Map([['to', words]]) };
}
