import type { Announced, AnnouncedTo } from '../domain/announcer.js';
import { choice, lines } from './field.js';
import { operation } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { within } from './within.js';

/** In characters. */
const LONGEST = 1000;

/** Who is meant, in the words of the form and of the answer. */
const RECIPIENTS: Readonly<Record<AnnouncedTo, { readonly label: string; readonly many: string }>> = {
  subscribers: {
    label: 'Who is subscribed to the component and on line',
    many: 'JIDs that are subscribed; those see it that are on line',
  },
  owners: { label: 'The owners of Things', many: 'owners of Things' },
};

/** An administrator tells people something about the component: that it will be down tonight. */
export const announce = operation({
  name: 'announce',
  label: 'Announce something',
  about: 'Sends a message to all who are on line and subscribed to the component, or to all who own a Thing.',
  may: 'administrator',
  fields: {
    text: lines({ label: 'Text', description: `What to tell them, in at most ${LONGEST} characters.` }, (read) => {
      const text = read.join('\n');
      const length = [...text].length;
      if (length <= LONGEST) return { ok: true, value: text };
      return { ok: false, fault: `It has ${length} characters; it may have at most ${LONGEST}.` };
    }),
    to: choice<AnnouncedTo>(
      { label: 'To', description: 'Who is told.', initial: 'subscribers' },
      Object.entries(RECIPIENTS).map(([value, { label }]) => ({ value, label })),
    ),
  },

  async question({ to }, { services }) {
    return `This message is to be sent to ${await services.announcer.count(to)} ${RECIPIENTS[to].many}. Send it?`;
  },

  async run({ text, to }, { services, asker }) {
    const { announcer, store, clock, domain, timers, onFault } = services;
    const note = (outcome: string): Promise<void> =>
      store.audit.append({ at: clock.now(), actor: asker.session, action: 'announce', subject: domain, outcome });
    // Before the first is told: whoever is told is told by somebody, also if the process ends meanwhile.
    await note(`to ${to}: ${text.replaceAll('\n', ' / ')}`);
    const sending = announcer.announce({ text, to });
    if (sending === undefined) {
      await note('refused: another is being sent');
      return refused('Another announcement is still being sent; wait until that is done.');
    }
    const noted = sending.then(async (announced) => {
      await note(`sent to ${announced.sent} ${to}${announced.isComplete ? '' : ', then the connection was lost'}`);
      return announced;
    });
    noted.catch(onFault);
    const announced = await within(noted, timers);
    return announced === undefined ? underWay() : outcomeOf(announced, to);
  },
});

function underWay(): Outcome {
  return done('The message is being sent, a few at a time. The audit trail tells when it is done.');
}

function outcomeOf({ sent, isComplete }: Announced, to: AnnouncedTo): Outcome {
  const note = `The message was sent to ${sent} ${RECIPIENTS[to].many}.`;
  return done(note, isComplete ? {} : { warning: 'The connection was lost; the others were not told.' });
}
