import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import type { Context, Figure, Part } from '../part.js';
import { compare } from './compare.js';
import { type Load, openLoad } from './load.js';
import { eventLoopDelay, memoryOf, openRig, type Rig } from './rig.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const AT_ONCE = 512;
const GATEWAYS = Array.from({ length: 8 }, (_, n) => `gateway${n}`);
const THINGS = 1_000;
/** Each shape has years of its own, so that none says again what another has said. */
const FIRST_YEAR = 2010;
const YEARS_EACH = 3;

/** A shape of messages: so many fields at each of so many times. */
interface Shape {
  readonly fields: number;
  readonly times: number;
  readonly share?: number;
}
const SHAPES: readonly Shape[] = [
  { fields: 1, times: 1 },
  { fields: 3, times: 1, share: 0.95 },
  { fields: 10, times: 1, share: 0.95 },
  { fields: 10, times: 20 },
];

/** What devices push: a message with readings, and a receipt when they are on disk. */
export const readings: Part = {
  name: 'readings',
  title: 'Readings, through ejabberd, from 1,000 Things, receipts when they are on disk',
  async run(context: Context): Promise<readonly Figure[]> {
    return [
      ...(await inRig(context, {}, SHAPES, '')),
      ...(await inRig(
        context,
        { THINGSTEAD_READINGS_UNSEALED: '1' },
        [{ fields: 10, times: 1, share: 0.85 }],
        '-sealing',
      )),
    ];
  },
};

/** @param suffix where readings are being sealed all the time. */
async function inRig(
  { quick, folder, say }: Context,
  settings: Record<string, string>,
  shapes: readonly Shape[],
  suffix: string,
) {
  const database = join(folder, `readings${suffix}.db`);
  const rig = await openRig(database, settings);
  const load = await openLoad(rig.server, GATEWAYS);
  const figures: Figure[] = [];
  let acknowledged = 0;
  try {
    await own(rig, load);
    for (const shape of quick ? shapes.slice(-2) : shapes) {
      say(`${shape.fields} fields at ${shape.times} times${suffix}`);
      await eventLoopDelay(rig.ours);
      const measured = await measure(rig, load, shape, shapes.indexOf(shape), quick, suffix);
      figures.push(...measured.figures);
      acknowledged += measured.acknowledged;
      figures.push({ id: `readings.event-loop.${shape.fields}x${shape.times}${suffix}`, title: `${shape.fields} fields at ${shape.times} times: event-loop delay, 99th percentile`, unit: 'ms', value: await eventLoopDelay(rig.ours), target: { atMost: 10 } }); // biome-ignore format: one figure
    }
    const { now, peak } = memoryOf(rig.ours.pid);
    figures.push({ id: `readings.memory${suffix}`, title: 'Resident memory afterwards; the most is in the note', unit: 'MiB', value: now, target: { atMost: 200 }, note: `at most ${peak.toFixed(0)} MiB` }); // biome-ignore format: one figure
  } finally {
    load.close();
    await rig.stop();
  }
  const lost = acknowledged - (await storedIn(database));
  return [...figures, { id: `readings.lost${suffix}`, title: 'Readings that were acknowledged and are not stored', unit: '', value: lost, target: { atMost: 0 }, floor: { atMost: 0 }, note: `of ${acknowledged}` }]; // biome-ignore format: one figure
}

/** How many readings a store has; nobody else may have it open. */
async function storedIn(file: string): Promise<number> {
  const store = openSqliteStore({ file });
  const { readings: stored } = await store.overview.counts();
  await store.close();
  return stored;
}

async function own({ ours }: Rig, load: Load): Promise<void> {
  const tags = (n: number): string => `<str name='SN' value='${n}'/><str name='KEY' value='key-${n}'/>`;
  await load.run(THINGS, 64, (n, id) => `<iq type='set' id='${id}' to='${ours.domain}'><register ${NS} nodeId='n${n}'>${tags(n)}</register></iq>`); // biome-ignore format: one stanza
  await load.run(THINGS, 64, (n, id) => `<iq type='set' id='${id}' to='${ours.domain}'><mine ${NS} public='false'>${tags(n)}</mine></iq>`); // biome-ignore format: one stanza
}

async function measure(
  { ours, ceiling }: Rig,
  load: Load,
  { fields, times, share }: Shape,
  index: number,
  quick: boolean,
  suffix: string,
) {
  const requests = Math.round((quick ? 3000 : 15_000) / Math.sqrt(times * Math.max(1, fields / 3)));
  const start = Date.UTC(FIRST_YEAR + YEARS_EACH * index, 0, 1);
  let sent = 0;
  const run = (domain: string) => (): ReturnType<Load['run']> =>
    load.run(requests, AT_ONCE, (n, id) => message(n % THINGS, start, sent++, id, domain, fields, times));
  const rounds = quick ? 3 : 7;
  const figures = await compare(
    {
      id: `readings.${fields}x${times}${suffix}`,
      title: `${fields} fields at ${times} times a message${suffix === '' ? '' : ', sealing all the time'}`,
      of: 'stored readings',
      each: fields * times,
      rounds,
      requests,
      floor: { atLeast: 0.1 },
      ...(share !== undefined && { share: { atLeast: share } }),
      ours: run(ours.domain),
      ceiling: run(ceiling.domain),
    },
    ours,
    ceiling,
  );
  return { figures, acknowledged: rounds * requests * fields * times };
}

/** Minute by minute, 400 ms late at most, values with one decimal. */
function message(
  thing: number,
  start: number,
  minute: number,
  id: string,
  to: string,
  fields: number,
  times: number,
): string {
  const parts = Array.from({ length: times }, (_, time) => {
    const at = new Date(start + (minute * times + time) * 60_000 + ((minute * 7919) % 400)).toISOString();
    const values = Array.from({ length: fields }, (_, n) => {
      const value = (20 + (((minute + n * 31) * 7) % 53) / 10).toFixed(1);
      return `<numeric name='Field ${n}' momentary='true' automaticReadout='true' value='${value}' unit='°C'/>`;
    });
    return `<timestamp value='${at}'>${values.join('')}</timestamp>`;
  });
  return (
    `<message type='normal' id='${id}' to='${to}'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='${minute % 1_000_000}' done='true'>` +
    `<node nodeId='n${thing}'>${parts.join('')}</node></fields><request xmlns='urn:xmpp:receipts'/></message>`
  );
}
