import type { Audience } from '../domain/thing.js';
import { type Field, quoted } from './field.js';

/** With whom something is shared: a JID, a domain, or everyone. */
export const AUDIENCE: Field<Audience> = {
  type: 'text-single',
  datatype: 'xs:string',
  label: 'With',
  description: 'A JID such as anna@example.org, a domain such as example.org, or * for everyone.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const text = value.trim();
    if (text === '*') return { ok: true, value: '*' };
    const jid = bareJid(text.startsWith('@') ? text.slice(1) : text);
    const isDomain = jid !== undefined && !jid.includes('@');
    if (jid === undefined || (text.startsWith('@') && !isDomain)) {
      return { ok: false, fault: `${quoted(text)} is neither a JID without resource, nor a domain, nor *.` };
    }
    return { ok: true, value: isDomain ? `@${jid}` : jid };
  },
};

/** Audiences as people write them. */
export function audienceText(audience: Audience): string {
  if (audience === '*') return 'everyone';
  return audience.startsWith('@') ? `everyone of ${audience.slice(1)}` : audience;
}

export function audiencesText(audiences: readonly Audience[]): string {
  return audiences.length === 0 ? 'nobody' : audiences.map(audienceText).join(', ');
}
