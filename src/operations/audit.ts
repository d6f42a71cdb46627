import { AUDITED, type AuditCursor, type SeenEntry } from '../domain/audit.js';
import { momentText } from '../domain/date-time.js';
import type { AnyJid } from '../domain/jid.js';
import type { OwnershipId } from '../domain/thing.js';
import type { Context } from './context.js';
import { type Field, optional, quoted, type Read, type Reading, text, time } from './field.js';
import { operation } from './operation.js';
import { done, pageOf } from './outcome.js';
import { timeOrderFaults } from './time-order.js';
import { findThing, noteMissing } from './which-thing.js';
import { wholeNumber } from './whole-number.js';

/** Entries in one table: at most, and unless more are asked for. */
const PAGE = { min: 1, max: 1000, initial: 100 };

/** What people ask for most that is refused, beside what is noted when it was done; for choosing from. */
const REFUSED = ['claim', 'req', 'read', 'history'];

/** A JID, with resource or without. */
const ACTOR: Field<AnyJid> = {
  type: 'text-single',
  datatype: 'xs:string',
  label: 'Actor',
  description: 'Who did it: a JID; without resource it stands for all its sessions.',
  isRequired: true,
  read([value = ''], { bareJid }) {
    const jid = readJid(value.trim(), bareJid);
    return jid === undefined ? { ok: false, fault: `${quoted(value.trim())} is no JID.` } : { ok: true, value: jid };
  },
};

/**
 * Reads the audit trail. Administrators see all of it. Everybody else sees what he did himself, and what happened to
 * Things of his in the time in which they are or were his: what others did, and what they asked for and were refused, by
 * whom (AuditQuery.viewer says it exactly). A new owner sees nothing of the time before, a former one nothing of that
 * after.
 */
export const audit = operation({
  name: 'audit',
  label: 'Audit trail',
  about:
    'Shows who did what, to what, and with which outcome, the newest first: what you did, and what was done or refused on Things while they were yours. Administrators see everything.',
  may: 'anyone',
  fields: {
    actor: optional(ACTOR),
    thing: optional(text({ label: 'Thing', description: 'The id of a Thing, as my-things shows it.' }, readId)),
    action: optional(anAction()),
    from: optional(time({ label: 'From', description: 'The earliest time; that time is included.' })),
    until: optional(time({ label: 'Until', description: 'The latest time; that time is included.' })),
    max: wholeNumber({ label: 'At most', description: `How many entries, at most ${PAGE.max}.` }, PAGE),
    before: optional(
      text({ label: 'Before', description: 'Where the last page ended, as it said; for the next page.' }, readCursor),
    ),
  },

  check: timeOrderFaults,

  async run({ actor, thing, action, max, from, until, before }, context) {
    const { services, asker } = context;
    const { access, store, domain } = services;
    const query = {
      domain,
      ...(actor !== undefined && { actor }),
      ...(thing !== undefined && { ownership: thing }),
      ...(action !== undefined && { action }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
      ...(!access.isAdministrator(asker.jid) && { viewer: asker.jid }),
    };
    const { entries, next } = await store.audit.read(query, max, before);
    if (entries.length === 0) {
      const note = before === undefined ? 'There are no such entries.' : 'There are no more.';
      return done(note, { after: () => noteStranger(thing, context) });
    }
    const columns = COLUMNS.map(([name, label]) => ({ name, label }));
    return done(entries.length === 1 ? 'One entry.' : `${entries.length} entries.`, {
      table: pageOf({ columns, rows: entries.map(rowOf) }, next && cursorText(next)),
      ...(next && { warning: `There are more; for the next page ask again, before ${cursorText(next)}.` }),
    });
  },
});

const COLUMNS = [
  ['time', 'Time'],
  ['actor', 'Actor'],
  ['action', 'Action'],
  ['subject', 'Subject'],
  ['outcome', 'Outcome'],
  ['thing', 'Thing'],
] as const;

function rowOf({ at, actor, action, subject, outcome, ownership }: SeenEntry): readonly string[] {
  return [momentText({ ms: at }), actor, action, subject, outcome, ownership ?? ''];
}

function anAction(): Field<string> {
  const shown = { label: 'Action', description: 'What was done or asked for; others than these can be named.' };
  const options = [...AUDITED, ...REFUSED].map((value) => ({ value, label: value }));
  return { ...text(shown, readText), type: 'list-single', isOpen: true, options };
}

/** That somebody asked for entries of a Thing that neither is nor was his, and that he may not see. */
async function noteStranger(thing: OwnershipId | undefined, context: Context): Promise<void> {
  if (thing === undefined) return;
  const { services, asker } = context;
  const known = (await findThing(context, 'see', thing)) ?? (await services.store.former.byId(thing, asker.jid));
  if (known === undefined) await noteMissing(context, 'audit', thing);
}

function readText(value: string): Read<string> {
  return { ok: true, value };
}

function readId(written: string): Read<OwnershipId> {
  if (/^[a-z2-7]{10}$/.test(written)) return { ok: true, value: written as OwnershipId };
  return { ok: false, fault: `${quoted(written)} is no id of a Thing; it has ten letters and digits.` };
}

/** The account is brought to its one form; the session is taken as it is written. */
function readJid(written: string, bareJid: Reading['bareJid']): AnyJid | undefined {
  const slash = written.indexOf('/');
  const bare = bareJid(slash < 0 ? written : written.slice(0, slash));
  return bare === undefined || slash < 0 ? bare : (`${bare}${written.slice(slash)}` as AnyJid);
}

function cursorText({ at, id }: AuditCursor): string {
  return `${at}-${id}`;
}

function readCursor(written: string): Read<AuditCursor> {
  const [, at, id] = /^(\d{1,16})-(\d{1,16})$/.exec(written) ?? [];
  if (at !== undefined && id !== undefined) return { ok: true, value: { at: Number(at), id: Number(id) } };
  return {
    ok: false,
    fault: `${quoted(written)} is not the end of a page; it is two numbers, such as 1767268800000-42.`,
  };
}
