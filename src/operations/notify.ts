import { yesOrNo } from './field.js';
import { operation } from './operation.js';
import { done } from './outcome.js';

/** Somebody wants to be told of events of the own Things, or does not. */
export const notify = operation({
  name: 'notify',
  label: 'Be told of your Things',
  about:
    'Sends you a chat message when a Thing becomes yours or is not yours any more, when one is silent for a day, and when readings of one are refused. What you have to know in any case, such as that somebody offers you a Thing, you are always told.',
  may: 'anyone',
  fields: { on: yesOrNo({ label: 'On', description: 'Whether to tell you.' }) },

  async present({ services, asker }) {
    const isOn = await services.store.words.isNotified(asker.jid);
    return { values: new Map([['on', [String(isOn)]]]) };
  },

  async run({ on }, { services, asker }) {
    const { store, clock } = services;
    const at = clock.now();
    const entry = {
      at,
      actor: asker.session,
      action: 'notify',
      subject: asker.jid,
      outcome: on ? 'on' : 'off',
    } as const;
    await store.words.setNotified(asker.jid, on, entry);
    return done(on ? 'You are told of events of your Things.' : 'You are not told of events of your Things.');
  },
});
