import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { serialize } from '../../src/xmpp/element.js';
import { DOMAIN, STRANGER } from './cast.js';
import { type Rig, startRig } from './rig.js';
import { strangersQuestion } from './stanzas.js';
import { write } from './xml-tree.js';

// What one may not see does not exist: the same is asked of a private Thing and of one that never was.

const QUESTIONS = 400;
const UNKNOWN = 'bbbbbbbbbb';

type Ask = (word: string) => Promise<readonly string[]>;

/** Asks about a Thing by its id, and gives the answers without what must differ: the id of the Thing, and chance. */
function askAs(rig: Rig, stanza: string): Ask {
  return async (id) => {
    const asked = stanza.replace(/%(public|private|unknown)%/g, id);
    const answers = await rig.ask(rig.filled(asked));
    return answers.map((answer) =>
      serialize(answer)
        .replaceAll(id, 'THING')
        .replace(/ (id|sessionid)="[^"]*"/g, ''),
    );
  };
}

const sent = (to: string, kind: string, payload: string) =>
  `<${kind} type='${kind === 'iq' ? 'set' : 'normal'}' id='%id%' from='${STRANGER}' to='${to}'>${payload}</${kind}>`;

it.each([
  ['at its address', (kind: string, payload: string) => sent(`%private%@${DOMAIN}`, kind, payload)],
  ['by its id, at the domain', (kind: string, payload: string) => sent(DOMAIN, kind, payload)],
])('a stranger learns nothing of a private Thing %s', { timeout: 120_000 }, async (_where, stanzaOf) => {
  const rig = await startRig();
  onTestFinished(() => rig.stop());
  for (const { kind, payload } of fc.sample(strangersQuestion, { seed: 1, numRuns: QUESTIONS })) {
    // An IQ as get too: half of the questions are asked so.
    for (const type of ['set', 'get']) {
      const stanza = stanzaOf(kind, write(payload)).replace("type='set'", `type='${type}'`);
      const ask = askAs(rig, stanza);
      expect(await ask(rig.word('%private%')), stanza).toEqual(await ask(UNKNOWN));
    }
  }
  expect(await rig.faults()).toEqual([]);
});
