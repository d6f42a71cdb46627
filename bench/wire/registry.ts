import { join } from 'node:path';
import type { Context, Figure, Part } from '../part.js';
import { generateReadings } from '../store/generate-readings.js';
import { generateThings } from '../store/things.js';
import { type Comparison, compare, compareLatency } from './compare.js';
import { type Load, openLoad, type Ran } from './load.js';
import { memoryOf, openRig, type Rig } from './rig.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const AT_ONCE = 512;
/** Gateways, each a session with many nodes: so that a round is about registering, and not about presence. */
const GATEWAYS = Array.from({ length: 8 }, (_, n) => `gateway${n}`);
const OWNERS = Array.from({ length: 8 }, (_, n) => `owner${n}`);

/** Registrations, claims, updates and searches through ejabberd, each answered when it is on disk. */
export const registry: Part = {
  name: 'registry',
  title: 'Registry, through ejabberd, answered when it is on disk',
  async run({ quick, folder, say }: Context): Promise<readonly Figure[]> {
    const database = join(folder, 'registry.db');
    const things = quick ? 10_000 : 1_000_000;
    say(`writing ${things} public Things`);
    await generateThings(database, things);
    const [series, each] = quick ? [1_000, 100] : [10_000, 10_000];
    say(`writing ${series * each} readings`);
    await generateReadings(database, series, each);
    const rig = await openRig(database);
    const [gateways, owners] = [await openLoad(rig.server, GATEWAYS), await openLoad(rig.server, OWNERS)];
    try {
      return await measure(rig, gateways, owners, quick);
    } finally {
      gateways.close();
      owners.close();
      await rig.stop();
    }
  },
};

async function measure(rig: Rig, gateways: Load, owners: Load, quick: boolean): Promise<readonly Figure[]> {
  const [rounds, requests] = quick ? [3, 1500] : [7, 4000];
  const { ours, ceiling, noticing } = rig;
  const figures: Figure[] = [
    { id: 'registry.start', title: 'From the start of the process until it serves', unit: 'ms', value: ours.startMs, target: { atMost: 1000 } }, // biome-ignore format: one figure
    { id: 'registry.memory-idle', title: 'Resident memory, idle', unit: 'MiB', value: memoryOf(ours.pid).now, target: { atMost: 150 } }, // biome-ignore format: one figure
  ];
  const run = (load: Load, stanza: (n: number, id: string, session: number, round: number) => string, to: string) =>
    (round: number): Promise<Ran> => load.run(requests, AT_ONCE, (n, id, session) => stanza(n, id, session, round).replace('DOMAIN', to)); // biome-ignore format: one line each
  const work = (id: string, title: string, load: Load, stanza: (n: number, id: string, session: number, round: number) => string, other = ceiling): Comparison => ({
    ...{ id: `registry.${id}`, title, rounds, requests },
    ours: run(load, stanza, ours.domain),
    ceiling: run(load, stanza, other.domain),
  }); // biome-ignore format: one line each

  figures.push(
    ...(await compare(
      { ...work('register', 'Registrations', gateways, register), share: { atLeast: 0.75 }, floor: { atLeast: 0.1 } },
      ours,
      ceiling,
    )),
  );
  await run(gateways, (n, id, session) => register(n, id, session, 0), noticing.domain)(0); // so that it knows whom to tell
  figures.push(
    ...(await compare(
      { ...work('claim', 'Claims', owners, claim, noticing), share: { atLeast: 0.7 }, floor: { atLeast: 0.1 } },
      ours,
      noticing,
    )),
  );
  figures.push(
    ...(await compare(
      { ...work('update', 'Updates', owners, update), share: { atLeast: 0.6 }, floor: { atLeast: 0.1 } },
      ours,
      ceiling,
    )),
  );
  figures.push(...(await compare(work('search', 'Searches by serial number', owners, search), ours, ceiling)));
  for (const atOnce of [1, 64]) {
    const count = atOnce === 1 ? 300 : 2000;
    const latency =
      (domain: string, base: number) =>
      (round: number): Promise<Ran> =>
        gateways.run(count, atOnce, (n, id, session) =>
          register(n, id, session, base + round).replace('DOMAIN', domain),
        );
    const compared = {
      ...work('register', 'Registrations', gateways, register),
      ours: latency(ours.domain, 1000 * atOnce),
      ceiling: latency(ceiling.domain, 0),
    };
    figures.push(...(await compareLatency(compared, ours, atOnce, atOnce === 64 ? { atMost: 1.8 } : undefined)));
  }
  return figures;
}

const nodeOf = (n: number, round: number): string => `node-${round}-${n}`;

/** As the Thing registers and the owner claims them. */
function tagsOf(n: number, round: number): string {
  return (
    `<str name='SN' value='${round}-${n}'/><str name='MAN' value='example.org'/><str name='MODEL' value='Meter 7'/>` +
    `<num name='V' value='1.2'/><str name='KEY' value='4857402340298342-${n}'/>`
  );
}

function register(n: number, id: string, _session: number, round: number): string {
  return `<iq type='set' id='${id}' to='DOMAIN'><register ${NS} nodeId='${nodeOf(n, round)}'>${tagsOf(n, round)}</register></iq>`;
}

function claim(n: number, id: string, _session: number, round: number): string {
  return `<iq type='set' id='${id}' to='DOMAIN'><mine ${NS} public='true'>${tagsOf(n, round)}</mine></iq>`;
}

function update(n: number, id: string, session: number, round: number): string {
  const thing = `jid='gateway${session}@localhost' nodeId='${nodeOf(n, round)}'`;
  return `<iq type='set' id='${id}' to='DOMAIN'><update ${NS} ${thing}><str name='ROOM' value='${n % 97}'/><num name='V' value='1.3'/></update></iq>`;
}

function search(n: number, id: string): string {
  return `<iq type='get' id='${id}' to='DOMAIN'><search ${NS} offset='0' maxCount='10'><strEq name='SN' value='0-${n}'/></search></iq>`;
}
