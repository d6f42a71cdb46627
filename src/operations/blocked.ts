import type { Block, Blocked } from '../domain/block.js';
import { momentText } from '../domain/date-time.js';
import type { BareJid } from '../domain/jid.js';
import { type Field, quoted, type Reading } from './field.js';
import { accountOrDomain, typedAddress } from './typed-address.js';

/** Blocks of which a note tells, at most; the form of `unblock` has them all. */
const MOST_SHOWN = 20;

/** Whom a block is to be on. */
export const WHOM: Field<Blocked> = whom((text, { bareJid }) => typedAddress(text, bareJid));

/** Whom a block is on that is to end. */
export const WHOM_NO_LONGER: Field<Blocked> = {
  ...whom((text, { bareJid }) => bareJid(text)),
  type: 'list-single',
  isOpen: true,
};

export function blockedText(subject: Blocked): string {
  return subject.startsWith('@') ? `everyone of ${subject.slice(1)}` : subject;
}

/** Who is blocked, since when, by whom and why. */
export function listOf(blocks: readonly Block[]): string {
  if (blocks.length === 0) return 'Nobody is blocked.';
  const shown = blocks.slice(0, MOST_SHOWN).map(({ subject, at, actor, reason }) => {
    return `${blockedText(subject)}, since ${momentText({ ms: at })}, by ${actor} (${reason})`;
  });
  return `Blocked are: ${inAll(shown, blocks.length)}.`;
}

/** Who is blocked, by name alone. */
export function blockedNames(blocks: readonly Block[]): string {
  const names = blocks.slice(0, MOST_SHOWN).map(({ subject }) => blockedText(subject));
  return names.length === 0 ? 'Nobody is.' : `Blocked are: ${inAll(names, blocks.length)}.`;
}

function inAll(shown: readonly string[], total: number): string {
  return [...shown, ...(total > shown.length ? [`${total - shown.length} more`] : [])].join('; ');
}

function whom(address: (text: string, reading: Reading) => BareJid | undefined): Field<Blocked> {
  return {
    type: 'text-single',
    datatype: 'xs:string',
    label: 'Who',
    description: 'A JID such as anna@example.org, or a domain such as example.org.',
    isRequired: true,
    read([value = ''], reading) {
      const read = accountOrDomain(value, (text) => address(text, reading));
      if (read !== undefined) return { ok: true, value: read };
      const words = value.trim() === '*' ? NOT_EVERYONE : '';
      return { ok: false, fault: `${quoted(value.trim())} is neither a JID without resource nor a domain.${words}` };
    },
  };
}

const NOT_EVERYONE = ' Nobody can block everyone; who may use the component at all is said by the setting allow.';
