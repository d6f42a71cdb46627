import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const THINGS = 1000;

// What fails is tried again with THINGSTEAD_CRASH_SEED set to the number in its title.
const given = process.env['THINGSTEAD_CRASH_SEED'];
const SEEDS = given === undefined ? Array.from({ length: 3 }, () => randomInt(2 ** 31)) : [Number(given)];
console.info(`seeds of the crash test: ${SEEDS.join(', ')}`);

let compiled: Compiled;
let server: Server;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
});
let component: ComponentProcess;
afterEach(() => component.remove());
afterAll(async () => {
  await server.stop();
  compiled.remove();
});

const tags = (n: number) => `<str name='SN' value='${n}'/><str name='KEY' value='k${n}'/>`;
const register = (n: number) => `<register ${NS} nodeId='n${n}'>${tags(n)}</register>`;
const claim = (n: number) => `<mine ${NS}>${tags(n)}</mine>`;

it.each(SEEDS)(
  'killed while it is busy, it has all that it had acknowledged (seed %i)',
  { timeout: 60_000 },
  async (seed) => {
    const random = generator(seed);
    component = await startComponentProcess(server, compiled, { settings: { THINGSTEAD_LIMITS: 'off' } });
    const busy = await keepBusy({ acknowledgements: 1 + random(2 * THINGS - 1), ms: random(20) });
    await component.restart();

    const owner = await connectClient(server, 'owner');
    const found = await publicNodes(owner);
    expect(busy.claimed.filter((n) => !found.has(`n${n}`))).toEqual([]);
    const claims = await Promise.all(busy.registered.map((n) => owner.iq('set', server.domain, claim(n))));
    expect(claims.filter(({ attrs }) => attrs['type'] !== 'result').map(String)).toEqual([]);
    expect(rows(component.database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(rows(component.database, 'PRAGMA foreign_key_check')).toEqual([]);
    await owner.stop();
  },
);

/** Registers and claims a thousand Things at once and kills the component meanwhile. @returns what was acknowledged. */
async function keepBusy(moment: { acknowledgements: number; ms: number }) {
  const [rack, owner] = await Promise.all([connectClient(server, 'rack'), connectClient(server, 'owner')]);
  const registered: number[] = [];
  const claimed: number[] = [];
  let dying = false;
  let resolve: () => void = () => undefined;
  const all = new Promise<void>((done) => {
    resolve = done;
  });

  async function acknowledged(client: Client, payload: string): Promise<boolean> {
    // The server answers for a component that is gone; one that is dying says nothing.
    const answer = await client.iq('set', server.domain, payload).catch(() => undefined);
    return answer?.attrs['type'] === 'result';
  }
  function note(list: number[], n: number): void {
    list.push(n);
    if (registered.length + claimed.length < moment.acknowledgements) return;
    if (!dying)
      void delay(moment.ms)
        .then(() => component.kill())
        .then(resolve);
    dying = true;
  }
  const things = Array.from({ length: THINGS }, async (_, n) => {
    if (!(await acknowledged(rack, register(n)))) return;
    note(registered, n);
    if (await acknowledged(owner, claim(n))) note(claimed, n);
  });
  await all;
  await Promise.all([rack.stop(), owner.stop()]);
  await Promise.all(things);
  return { registered, claimed };
}

/** The nodes of all public Things. */
async function publicNodes(client: Client): Promise<ReadonlySet<unknown>> {
  const nodes = new Set<unknown>();
  for (let offset = 0; ; offset += 100) {
    const page = `<search ${NS} offset='${offset}' maxCount='100'><strGtEq name='SN' value=''/></search>`;
    const found = (await client.iq('get', server.domain, page)).getChild('found');
    for (const { attrs } of found?.getChildren('thing') ?? []) nodes.add(attrs['nodeId']);
    if (found?.attrs['more'] !== 'true') return nodes;
  }
}

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
