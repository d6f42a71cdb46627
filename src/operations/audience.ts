import type { BareJid } from '../domain/jid.js';
import type { Audience } from '../domain/thing.js';
import { type Field, quoted, type Reading } from './field.js';
import { accountOrDomain, typedAddress } from './typed-address.js';

/** With whom something is shared: a JID, a domain, or everyone. */
export const AUDIENCE: Field<Audience> = audience((text, { bareJid }) => typedAddress(text, bareJid));

/** With whom it is shared no longer. */
export const FORMER_AUDIENCE: Field<Audience> = {
  ...audience((text, { bareJid }) => bareJid(text)),
  type: 'list-single',
  isOpen: true,
};

/** Audiences as people write them. */
export function audienceText(audience: Audience): string {
  if (audience === '*') return 'everyone';
  return audience.startsWith('@') ? `everyone of ${audience.slice(1)}` : audience;
}

export function audiencesText(audiences: readonly Audience[]): string {
  return audiences.length === 0 ? 'nobody' : audiences.map(audienceText).join(', ');
}

function audience(address: (text: string, reading: Reading) => BareJid | undefined): Field<Audience> {
  return {
    type: 'text-single',
    datatype: 'xs:string',
    label: 'With',
    description: 'A JID such as anna@example.org, a domain such as example.org, or * for everyone.',
    isRequired: true,
    read([value = ''], reading) {
      if (value.trim() === '*') return { ok: true, value: '*' };
      const read = accountOrDomain(value, (text) => address(text, reading));
      if (read !== undefined) return { ok: true, value: read };
      return { ok: false, fault: `${quoted(value.trim())} is neither a JID without resource, nor a domain, nor *.` };
    },
  };
}
