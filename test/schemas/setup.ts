import { afterAll, afterEach, vi } from 'vitest';
import { leaving } from './leaving.js';
import type { Validator } from './validator.js';

// Runs before each file of tests: what a component sends in a test is valid by the schemas, or the test fails.

vi.mock('../../src/xmpp/stream.js', async (original) => {
  const { openStream } = await original<typeof import('../../src/xmpp/stream.js')>();
  const opened: typeof openStream = (options, events) => {
    const stream = openStream(options, events);
    const write = stream.write.bind(stream);
    stream.write = (xml) => {
      leaving.written(options.domain, xml);
      write(xml);
    };
    return stream;
  };
  return { openStream: opened };
});

let validator: Promise<Validator> | undefined;

/** The schemas are compiled in files of tests that send something, once. */
async function validateAll(): Promise<void> {
  const stanzas = leaving.take();
  if (stanzas.length === 0) return;
  validator ??= import('./validator.js').then(({ createValidator }) => createValidator());
  const { faultOfOurs } = await validator;
  const faults = stanzas.flatMap((stanza) => {
    const fault = faultOfOurs(stanza);
    return fault === undefined ? [] : [`${fault}\n${stanza}`];
  });
  const [first] = faults;
  if (first !== undefined) throw new Error(`${faults.length} of ${stanzas.length} stanzas are not valid:\n${first}`);
}

afterEach(validateAll);
afterAll(validateAll); // what left later
