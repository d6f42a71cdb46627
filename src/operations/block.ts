import { blockable } from '../domain/block.js';
import { blockedText, listOf, WHOM } from './blocked.js';
import { operation } from './operation.js';
import { done } from './outcome.js';
import { REASON } from './reason.js';

/** An administrator takes all rights from somebody. */
export const block = operation({
  name: 'block',
  label: 'Block',
  about:
    'Takes all rights from a JID or a domain, at once and until it is unblocked: it can neither use the component nor report to it. Its Things stay its own, and of no use to it meanwhile; those with whom they are shared read on. Administrators are exempt from the block of a domain.',
  may: 'administrator',
  fields: { who: WHOM, reason: REASON },
  present: async ({ services }) => ({ note: listOf(services.blocks.all()) }),
  check({ who }, { services, asker }) {
    const may = blockable(who, asker.jid, services.domain, services.access.isAdministrator);
    return may === 'yes' ? undefined : new Map([['who', FAULTS[may]]]);
  },

  question: ({ who, reason }) =>
    `Block ${blockedText(who)} (${reason})? All that is under way for it ends, and nothing of it is answered until it is unblocked.`,

  async run({ who, reason }, { services, asker }) {
    const { blocks, clock } = services;
    const at = clock.now();
    const entry = { at, actor: asker.session, action: 'block', subject: who, outcome: `done: ${reason}` };
    const isNew = await blocks.put({ subject: who, actor: asker.session, at, reason }, entry);
    return done(`${blockedText(who)} is blocked ${isNew ? 'now' : 'already'}.`);
  },
});

const FAULTS = {
  oneself: 'You cannot block yourself.',
  administrator: 'That is an administrator; the settings say who is one, and the block would not hold.',
  'own-domain': 'That is the domain of this component.',
} as const;
