import { BROKER_SETTINGS, type Broker, type BrokerDeps, createBroker } from '../../../src/domain/read-out/broker.js';
import type { Answer, Question, ReaderMessage } from '../../../src/domain/read-out/ports.js';
import type { Sample } from '../../../src/domain/read-out/report.js';
import { createSequenceNumbers } from '../../../src/domain/read-out/sequence-numbers.js';
import { ucumUnits } from '../../../src/units/ucum.js';
import { bare, full } from '../../domain/read-out/house.js';

const UNITS = ucumUnits();

type Surroundings = Pick<
  BrokerDeps,
  'store' | 'access' | 'sessions' | 'clock' | 'timers' | 'zoneOf' | 'bareJid' | 'onFault'
>;

/** A real broker, whose devices and readers are the test's. */
export function createStageBroker(surroundings: Surroundings) {
  const questions: Question[] = [];
  const said: { readonly to: string; readonly message: ReaderMessage }[] = [];
  const broker: Broker = createBroker({
    ...surroundings,
    devices: {
      async ask(_session, question) {
        questions.push(question);
        return play.device(question);
      },
      ping: async () => 'there',
    },
    readers: {
      async send({ asker }, message) {
        said.push({ to: asker, message });
        return true;
      },
      ping: async () => true,
    },
    numbers: createSequenceNumbers((below) => Math.floor(Math.random() * below)),
    units: UNITS,
    zoneMistaken: () => undefined,
    spoke: () => undefined,
    settings: { ...BROKER_SETTINGS, perAsker: 3 },
  });

  const play = {
    broker,
    units: UNITS,
    /** What devices were asked, and what readers were told. */
    questions,
    said,
    device: (_question: Question): Answer => ({ kind: 'accepted' }),

    /** A device reports, in answer to the question that it was asked last unless told otherwise. */
    async report(jid: string, samples: readonly Sample[], { done = true, seqnr = questions.at(-1)?.seqnr ?? 0 } = {}) {
      const report = { seqnr: { value: seqnr, text: String(seqnr) }, done, samples, faults: [] };
      const from = full(`${jid}/d`);
      await broker.reported(from, report, await surroundings.store.things.ofJid(bare(jid)));
    },

    /** A device says what it could not read. */
    async fail(jid: string, reasons: readonly string[]) {
      const value = questions.at(-1)?.seqnr ?? 0;
      const node = { nodeId: '', sourceId: '', cacheType: '' };
      const errors = reasons.map((reason) => ({ node, timestamp: '', reason }));
      const failure = { seqnr: { value, text: String(value) }, done: true, errors };
      broker.failed(full(`${jid}/d`), failure, await surroundings.store.things.ofJid(bare(jid)));
    },
  };
  return play;
}
