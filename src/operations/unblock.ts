import { blockedNames, blockedText, listOf, WHOM_NO_LONGER } from './blocked.js';
import { operation } from './operation.js';
import { done, refused } from './outcome.js';

/** An administrator gives somebody back all rights. */
export const unblock = operation({
  name: 'unblock',
  label: 'Unblock',
  about: 'Gives a JID or a domain back the rights that it had before it was blocked.',
  may: 'administrator',
  fields: { who: WHOM_NO_LONGER },
  present: async ({ services }) => {
    const blocks = services.blocks.all();
    const options = blocks.map(({ subject, reason }) => ({
      value: subject,
      label: `${blockedText(subject)}: ${reason}`,
    }));
    return { note: listOf(blocks), options: new Map([['who', options]]) };
  },

  async run({ who }, { services, asker }) {
    const { blocks, clock } = services;
    const entry = { at: clock.now(), actor: asker.session, action: 'unblock', subject: who, outcome: 'done' };
    const wasBlocked = await blocks.remove(who, entry);
    return wasBlocked
      ? done(`${blockedText(who)} is blocked no longer.`)
      : refused(`${blockedText(who)} is not blocked. ${blockedNames(blocks.all())}`);
  },
});
