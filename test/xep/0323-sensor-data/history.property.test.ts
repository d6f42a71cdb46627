import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Sample } from '../../../src/domain/read-out/report.js';
import { historicalTypes } from '../../../src/domain/read-out/shifts.js';
import { type Field, type Reading, trustOf } from '../../../src/domain/reading.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { UTC } from '../../../src/domain/time-zone.js';
import { decodeFields, encodeFields } from '../../../src/xep/0323-sensor-data/fields-codec.js';
import { type Element, serialize } from '../../../src/xmpp/element.js';
import { field } from './arbitraries.js';
import { createPlant, iq, message, type Plant, req } from './plant.js';

// Any set of readings with at most one value per key and trust, pushed in any order, with any repeats, split in any way
// over messages and restarts, gives the same history; what comes out is, to the character, what went in.

const directory = mkdtempSync(join(tmpdir(), 'thingstead-history-'));
afterAll(() => rmSync(directory, { recursive: true }));

const START = Date.UTC(2026, 0, 1);
const reading: fc.Arbitrary<Reading> = fc
  .tuple(
    // Few names, units, nodes and times, so that readings meet.
    fc.tuple(field, fc.constantFrom('x', 'y'), fc.constantFrom('', '°C')),
    fc.constantFrom('a', 'b'),
    fc.constantFrom(0, 1, 1000, 86_400_000),
  )
  .map(([[value, name, unit], nodeId, later]) => ({
    ...value,
    name,
    unit: value.type === 'numeric' ? unit : '',
    node: { nodeId, sourceId: '', cacheType: '' },
    at: { ms: START + later },
  }));

const keyOf = ({ node, name, type, unit, at }: Reading): string =>
  JSON.stringify([node.nodeId, name, type, unit, at.ms]);
const readings = fc.uniqueArray(reading, {
  selector: (each) => `${trustOf(each.qualities)} ${keyOf(each)}`,
  maxLength: 25,
});

/** An order with repeats, cut into messages, and after which of them the component is started anew. */
const pushing = (all: readonly Reading[]) =>
  fc.record({
    order: fc
      .tuple(fc.shuffledSubarray([...all], { minLength: all.length }), fc.shuffledSubarray([...all]))
      .map(([once, again]) => [...once, ...again]),
    size: fc.integer({ min: 1, max: 10 }),
    restartEvery: fc.integer({ min: 1, max: 6 }),
  });
interface Pushing {
  readonly order: readonly Reading[];
  readonly size: number;
  readonly restartEvery: number;
}

let count = 0;

/** What a history holds, and how it is written, but for the id that each Thing has by chance. */
interface History {
  readonly readings: ReadonlyMap<string, Reading>;
  readonly text: string;
}

async function historyAfter({ order, size, restartEvery }: Pushing): Promise<History> {
  count += 1;
  const file = join(directory, `${count}.db`);
  let plant = createPlant({ file });
  const id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
  for (let at = 0, sent = 1; at < order.length; at += size, sent++) {
    const pushed = encodeFields({
      seqnr: { value: sent, text: `${sent}` },
      done: false,
      samples: order.slice(at, at + size).map(sampleOf),
    });
    const request = "<request xmlns='urn:xmpp:receipts'/>";
    const said = await plant.comes(message(`${request}${serialize(pushed)}`, { attributes: ` id='m${sent}'` }));
    expect(said.map((stanza) => stanza.getChild('received')?.attrs['id'])).toEqual([`m${sent}`]);
    if (sent % restartEvery === 0) plant = await restarted(plant, file);
  }
  const history = await read(plant, id);
  await plant.store.close();
  return history;
}

async function restarted(plant: Plant, file: string): Promise<Plant> {
  await plant.broker.stop();
  await plant.store.close();
  return createPlant({ file });
}

async function read(plant: Plant, id: OwnershipId): Promise<History> {
  const [, ...said] = await plant.comes(iq(req("seqnr='1' historical='true'"), { to: `${id}@things.example.org` }));
  const samples = said.flatMap((stanza) => samplesIn(stanza));
  const all = samples.flatMap(({ node, at, fields }) => fields.map((each) => ({ ...each, node, at: { ms: at.ms } })));
  expect(all.map(({ at }) => at.ms)).toEqual(all.map(({ at }) => at.ms).sort((a, b) => a - b));
  expect(new Set(all.map(keyOf)).size).toBe(all.length);
  const text = said.map((stanza) => serialize(stanza).replaceAll(id, 'id')).join('\n');
  return { readings: new Map(all.map((each) => [keyOf(each), each])), text };
}

function samplesIn(stanza: Element): readonly Sample[] {
  const payload = stanza.getChild('fields');
  const decoded = payload && decodeFields(payload, () => (wall) => wall);
  if (decoded?.ok !== true) throw new Error(`not readings: ${stanza}`);
  expect(decoded.value.faults).toEqual([]);
  return decoded.value.samples;
}

function sampleOf({ node, at, ...value }: Reading): Sample {
  return { node, at, fields: [value] };
}

/** What history keeps of a field: all but its types, which its time decides in part. */
function kept({ fieldTypes: _, ...rest }: Field): Omit<Field, 'fieldTypes'> {
  return rest;
}

it('is the same for all ways of pushing, and to the character what went in', async () => {
  const ways = readings.chain((all) => fc.tuple(fc.constant(all), pushing(all), pushing(all)));
  await fc.assert(
    fc.asyncProperty(ways, async ([all, one, other]) => {
      const { readings: history, text } = await historyAfter(one);
      expect((await historyAfter(other)).text).toBe(text);
      const strongest = new Map<string, Reading>();
      for (const each of [...all].sort((a, b) => trustOf(a.qualities) - trustOf(b.qualities))) {
        strongest.set(keyOf(each), each);
      }
      expect([...history.keys()].sort()).toEqual([...strongest.keys()].sort());
      for (const [key, each] of strongest) {
        const found = history.get(key) ?? expect.fail(`${key} is lost`);
        expect(kept(found)).toEqual(kept(each));
        const types = new Set([...each.fieldTypes, ...historicalTypes(each.at.ms, UTC)]);
        types.delete('momentary');
        expect(found.fieldTypes).toEqual(types);
      }
    }),
    { numRuns: 40 },
  );
}, 120_000);
