import { momentText } from '../domain/date-time.js';
import { bareOf } from '../domain/jid.js';
import { type Device, MOST_COUNTED } from '../domain/overview.js';
import { optional, quoted, text } from './field.js';
import { operation } from './operation.js';
import { done, pageOf } from './outcome.js';
import { wholeNumber } from './whole-number.js';

/** Sessions in one table: at most, and unless more are asked for. */
const PAGE = { min: 1, max: 500, initial: 50 };

/** An administrator sees which devices are on line. */
export const devices = operation({
  name: 'devices',
  label: 'Connected devices',
  about: 'Lists the sessions of Things that are on line.',
  may: 'administrator',
  fields: {
    filter: optional({
      ...text({ label: 'Filter', description: 'A JID, or a domain for all of it.' }, (jid) => ({
        ok: true,
        value: jid,
      })),
      read([value = ''], { bareJid }) {
        const jid = bareJid(value.trim());
        if (jid !== undefined) return { ok: true, value: jid };
        return { ok: false, fault: `${quoted(value)} is neither a JID without resource nor a domain.` };
      },
    }),
    max: wholeNumber({ label: 'At most', description: `How many, at most ${PAGE.max}.` }, PAGE),
    after: optional(
      text({ label: 'After', description: 'The session after which to begin.' }, (session) => ({
        ok: true,
        value: session,
      })),
    ),
  },

  async run({ filter: of, max, after = '' }, { services }) {
    const page = await services.store.overview.devices({ ...(of !== undefined && { of }), after, limit: max });
    const note = `${page.total} ${page.total === 1 ? 'session is' : 'sessions are'} on line.`;
    if (page.devices.length === 0) return done(`${note} ${after === '' ? 'None matches.' : 'No more match.'}`);
    const columns = COLUMNS.map(([name, label]) => ({ name, label }));
    const next = page.more ? page.devices.at(-1)?.session : undefined;
    return done(note, {
      table: pageOf({ columns, rows: page.devices.map(rowOf) }, next),
      ...(next !== undefined && { warning: `There are more; the next ones come after ${next}.` }),
    });
  },
});

const COLUMNS = [
  ['session', 'Session'],
  ['jid', 'JID'],
  ['things', 'Things'],
  ['heard', 'Last heard (to ten minutes)'],
] as const;

function rowOf({ session, things, heard }: Device): readonly string[] {
  const count = things < MOST_COUNTED ? String(things) : `${MOST_COUNTED} or more`;
  return [session, bareOf(session), count, momentText({ ms: heard })];
}
