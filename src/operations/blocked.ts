import type { Block, Blocked } from '../domain/block.js';
import { momentText } from '../domain/date-time.js';
import { type Field, quoted } from './field.js';

/** Blocks of which a note tells, at most; the form of `unblock` has them all. */
const MOST_SHOWN = 20;

/** Whom a block is on. */
export const WHOM: Field<Blocked> = {
  type: 'text-single',
  datatype: 'xs:string',
  label: 'Who',
  description: 'A JID such as anna@example.org, or a domain such as example.org.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const written = value.trim();
    const jid = bareJid(written.startsWith('@') ? written.slice(1) : written);
    const isDomain = jid !== undefined && !jid.includes('@');
    if (jid === undefined || (written.startsWith('@') && !isDomain)) {
      return { ok: false, fault: `${quoted(written)} is neither a JID without resource nor a domain.` };
    }
    return { ok: true, value: isDomain ? `@${jid}` : jid };
  },
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
