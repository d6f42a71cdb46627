import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageRoot } from '../../scripts/ejabberd/server.js';
import { childElements, type Element } from '../../src/xmpp/element.js';
import type { Compiled } from '../integration/harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from '../integration/harness/component-under-test.js';
import type { Server } from '../integration/harness/server.js';
import { until } from '../integration/harness/until.js';
import { become, claimedNews, createModel, hadRight, type Model, type ModelThing, type Wrong } from './model.js';
import { createPeer, type Peer } from './peer.js';
import { type BadNetwork, startProxy } from './proxy.js';
import type { Random } from './random.js';
import { fields } from './stanzas.js';
import { createWeather, type Weather } from './weather.js';

/** Everything that a seed is played with: a real component behind a bad network, and everybody who talks with it. */
export interface Rig {
  readonly seed: number;
  readonly server: Server;
  readonly proxy: BadNetwork;
  readonly component: ComponentProcess;
  readonly weather: Weather;
  readonly model: Model;
  /** By their bare JIDs. */
  readonly devices: ReadonlyMap<string, Peer>;
  readonly owners: readonly Peer[];
  /** Who is shared with, at times. */
  readonly readers: readonly Peer[];
  readonly stranger: Peer;
  /** All of them. */
  readonly peers: readonly Peer[];
  /** The time of its first reading, in ms since 1970; each further one is a millisecond later. */
  readonly firstReading: number;
  /** Addresses of ownerships: `serial number owner`. */
  readonly addresses: Map<string, string>;
  /** Stored readings were damaged: what is missing is not lost by the component. */
  damaged: boolean;
  /** Such readings. */
  missing: number;
  /** Whether the clock has jumped since that time (ms since 1970). */
  clockJumpedSince(at: number): boolean;
  onWrong(wrong: Wrong, text: string): void;
  /** Sets the component's clock off by so many ms. */
  shiftClock(ms: number): void;
  /** Waits until the component serves again, by its own word and by a ping that passes. */
  recovered(): Promise<void>;
  /** Starts the component again after it was stopped or killed. */
  startAgain(): Promise<void>;
  close(): Promise<void>;
}

const DEVICES = 3;
const OWNERS = 3;
const READERS = 2;
const THINGS_EACH = 10;
const RECOVERY_MS = 90_000;
const DAY_MS = 86_400_000;

/** @param seed is part of the names of all accounts: one server serves many seeds. */
export async function openRig(server: Server, compiled: Compiled, seed: number, random: Random): Promise<Rig> {
  const weather = createWeather();
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-faults-'));
  const clock = join(folder, 'clock');
  const user = (kind: string, n: number) => `${kind}${n}-${seed}`;
  const things = Array.from({ length: DEVICES }, (_, n) => `${user('device', n)}@${server.host}`).flatMap((jid) =>
    Array.from({ length: THINGS_EACH }, (_, n) => newThing(seed, jid, `n${n}`)),
  );
  const model = createModel(things);
  const onWrong = (wrong: Wrong, text: string): void =>
    void model.wrongs.push({ wrong, text: `after ${model.after}: ${text}` });

  function onValue(value: string, peer: Peer): void {
    const minted = model.minted.get(value);
    if (minted === undefined) onWrong('seen', `${peer.bare} was shown ${value}, which nobody has reported`);
    else if (!hadRight(minted.thing, `${minted.owner} ${peer.bare}`, Date.now())) {
      onWrong('seen', `${peer.bare} was shown ${value} of ${minted.thing.sn}, a reading of ${minted.owner}`);
    }
  }

  const onRequest = (): void => {
    model.requests += 1;
  };
  const peer = (name: string): Peer =>
    createPeer({
      ...{ server, user: name, weather, onWrong, onValue, onRequest },
      onNotice: (notice) => hearNotice(model, `${name}@${server.host}`, notice),
      onQuestion: (req) => answer(model, `${name}@${server.host}`, req),
      onStarted: (seqnr) => {
        const queued = model.queued.find((each) => each.asker.startsWith(`${name}@`) && each.seqnr === seqnr);
        if (queued !== undefined) queued.begun = true;
      },
    });
  const several = (kind: string, count: number) => Array.from({ length: count }, (_, n) => peer(user(kind, n)));
  const devices = several('device', DEVICES);
  const owners = several('owner', OWNERS);
  const readers = several('reader', READERS);
  const stranger = peer(user('stranger', 0));
  const peers = [...devices, ...owners, ...readers, stranger];

  const proxy = await startProxy(server.address, server.componentPort, random);
  const component = await startComponentProcess({ ...server, service: `xmpp://127.0.0.1:${proxy.port}` }, compiled, {
    awaitReady: false,
    settings: {
      THINGSTEAD_LIMITS: 'off',
      THINGSTEAD_LOG_LEVEL: 'info',
      THINGSTEAD_READOUT_DEADLINE: '5',
      NODE_OPTIONS: `--import=${join(packageRoot(), 'test', 'faults', 'clock-shift.mjs')}`,
      FAULTS_CLOCK: clock,
    },
  });

  let jumped = 0;
  const rig: Rig = {
    ...{ seed, server, proxy, component, weather, model, owners, readers, stranger, peers, onWrong },
    devices: new Map(devices.map((device) => [device.bare, device])),
    firstReading: Date.now() - DAY_MS,
    addresses: new Map(),
    damaged: false,
    missing: 0,
    clockJumpedSince: (at) => jumped > at,
    shiftClock(ms) {
      jumped = Date.now();
      writeFileSync(clock, String(ms));
    },
    async recovered() {
      await until(() => component.isReady(), `the component is ready (seed ${seed})`, RECOVERY_MS);
      await until(() => pings(rig), `the component answers a ping (seed ${seed})`, RECOVERY_MS);
    },
    async startAgain() {
      await component.restart();
      await rig.recovered();
    },
    async close() {
      await Promise.all(peers.map((each) => each.drop()));
      await component.remove();
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all(peers.map((each) => each.connect()));
    await rig.recovered();
  } catch (error) {
    await rig.close();
    throw error;
  }
  return rig;
}

/** A Thing that nobody has heard of yet. */
export function newThing(seed: number, jid: string, nodeId: string): ModelThing {
  const sn = `${jid.slice(0, jid.indexOf('@'))}/${nodeId}`;
  const key = `key-${seed}-${sn}`;
  const nothing = { told: undefined, isBusy: false, mayBeDisowning: false, rights: new Map() };
  return { sn, key, jid, nodeId, candidates: [{ is: 'none' }], ...nothing };
}

async function pings({ stranger, server }: Rig): Promise<boolean> {
  const answer = await Promise.race([
    stranger.ask('get', server.domain, `<ping xmlns='urn:xmpp:ping'/>`),
    delay(2_000).then(() => undefined),
  ]);
  return answer?.kind === 'answer' && answer.condition === undefined;
}

/** A device is told of one of its Things. */
function hearNotice(model: Model, jid: string, notice: Element): void {
  const thing = model.things.find((each) => each.jid === jid && each.nodeId === (notice.attrs['nodeId'] ?? ''));
  if (thing === undefined) return;
  const name = notice.getName();
  const ends: Readonly<Record<string, string>> = { removed: 'none', disowned: 'disowned' };
  thing.told = ends[name] ?? claimedNews(String(notice.attrs['jid']), isTrue(notice.attrs['public']));
}

export function isTrue(attribute: unknown): boolean {
  return attribute === 'true' || attribute === '1';
}

/** What a device answers: a new value of the node that it is asked for. */
function answer(model: Model, jid: string, req: Element): string | undefined {
  const nodes = childElements(req).filter((child) => child.getName() === 'node');
  const nodeId = String(nodes[0]?.attrs['nodeId'] ?? '');
  const thing = model.things.find((each) => each.jid === jid && each.nodeId === nodeId);
  const owner = thing?.candidates.findLast((state) => state.is === 'owned');
  if (thing === undefined || owner?.is !== 'owned') return undefined;
  const at = new Date().toISOString();
  return fields(String(req.attrs['seqnr']), nodeId, [{ at, value: model.mint(thing, owner.owner) }], true);
}

/** As many as asked for, for a storm; they are nobody's but the seed's. */
export function stormThings(rig: Rig, jids: readonly string[]): ModelThing[] {
  return jids.map((jid) => {
    const known = rig.model.things.find((thing) => thing.jid === jid);
    const thing = known ?? { ...newThing(rig.seed, jid, ''), isBusy: true };
    if (known === undefined) {
      become(thing, [{ is: 'none' }]);
      rig.model.things.push(thing);
    }
    return thing;
  });
}
