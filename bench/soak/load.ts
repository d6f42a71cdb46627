import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '../../scripts/ejabberd/server.js';
import { createPeer, type Peer } from '../../test/faults/peer.js';
import { about, claim, fields, items, type Named, register, req } from '../../test/faults/stanzas.js';
import type { Weather } from '../../test/faults/weather.js';
import { leaving } from '../../test/schemas/leaving.js';

/** Devices, owners and readers at work, evenly over the time. */
export interface Load {
  readonly done: { requests: number; pushes: number; reads: number; lost: number };
  /** What should not have been, in words. */
  readonly wrongs: readonly string[];
  /** In ms, since they were last taken, in good weather alone. */
  takeLatencies(): { readonly pings: readonly number[]; readonly reads: readonly number[] };
  /** Brings everybody back after the server was restarted. */
  reconnect(): Promise<void>;
  stop(): Promise<void>;
}

const RACKS = 4;
const OWNERS = 4;
const NODES_EACH = 100;
const TICK_MS = 100;
/** Beyond so many requests under way a tick is left out: the machine is busy with something else. */
const MOST_UNDER_WAY = 300;
/** So many of each a tick. */
const AGAIN = 2;
const PUSHES = 4;
const VALUES = 3;
/** Every so many ticks a Thing is removed, registers and is claimed anew, and a history is read. */
const ROUND_EVERY = 5;
const HISTORY_EVERY = 10;
const HISTORY_MS = 60_000;

export async function startLoad(server: Server, weather: Weather): Promise<Load> {
  const wrongs: string[] = [];
  const done = { requests: 0, pushes: 0, reads: 0, lost: 0 };
  let latencies = { pings: [] as number[], reads: [] as number[] };
  let values = 0;
  const peer = (user: string): Peer =>
    createPeer({
      ...{ server, user, weather, onValue: () => undefined },
      onWrong: (_, text) => void wrongs.push(text.slice(0, 500)),
      onQuestion: (question) => answer(question.attrs['seqnr'], question.getChild('node')?.attrs['nodeId']),
    });
  const racks = Array.from({ length: RACKS }, (_, n) => peer(`rack${n}`));
  const owners = Array.from({ length: OWNERS }, (_, n) => peer(`owner${n}`));
  const peers = [...racks, ...owners];
  const nodes = racks.flatMap(({ bare }) => Array.from({ length: NODES_EACH }, (_, n) => nodeOf(bare, n)));
  const addresses = new Map<Named, string>();

  function answer(seqnr: unknown, nodeId: unknown): string {
    return fields(String(seqnr), String(nodeId ?? ''), [{ at: new Date().toISOString(), value: value() }], true);
  }

  function value(): string {
    values += 1;
    return `${values % 1000}.5`;
  }

  const at = <T>(list: readonly T[], n: number): T => {
    const one = list[n % list.length];
    if (one === undefined) throw new Error('there is nobody');
    return one;
  };
  const rackOf = (n: number): Peer => at(racks, Math.floor((n % nodes.length) / NODES_EACH));
  const ownerOf = (n: number): Peer => at(owners, n % nodes.length);

  async function ask(asker: Peer, payload: string, to = server.domain): Promise<boolean> {
    const outcome = await asker.ask(payload.startsWith('<ping') ? 'get' : 'set', to, payload);
    done.requests += 1;
    if (outcome.kind !== 'answer') done.lost += 1;
    return outcome.kind === 'answer' && outcome.condition === undefined;
  }

  async function round(n: number): Promise<void> {
    const node = at(nodes, n);
    await ask(ownerOf(n), about('remove', node));
    await ask(rackOf(n), register(node));
    await ask(ownerOf(n), claim(node, n % 2 === 0));
  }

  async function push(n: number): Promise<void> {
    const { nodeId } = at(nodes, n);
    const now = Date.now();
    const samples = Array.from({ length: VALUES }, (_, i) => ({ at: new Date(now + i).toISOString(), value: value() }));
    await rackOf(n).push(fields('1', nodeId, samples, true));
    done.pushes += 1;
  }

  /** From the request to the end of what it brings. */
  async function read(n: number, attributes: string): Promise<number | undefined> {
    const address = await addressOf(n);
    const owner = ownerOf(n);
    if (address === undefined) return undefined;
    const started = performance.now();
    const seqnr = owner.number();
    const { ended } = owner.listen(seqnr);
    const lost = weather.lost();
    if (!(await ask(owner, req(seqnr, attributes), address))) return undefined;
    const isWhole = await Promise.race([ended, lost.promise.then(() => false), delay(READ_MS, false, { ref: false })]);
    lost.forget();
    done.reads += 1;
    return isWhole ? performance.now() - started : undefined;
  }

  async function addressOf(n: number): Promise<string | undefined> {
    const node = at(nodes, n);
    const known = addresses.get(node);
    if (known !== undefined) return known;
    const outcome = await ownerOf(n).ask('get', server.domain, items(node.jid));
    if (outcome.kind !== 'answer') return undefined;
    const listed = outcome.stanza.getChild('query')?.getChildren('item') ?? [];
    const found = listed.find(({ attrs }) => attrs['name'] === node.sn)?.attrs['jid'];
    if (found !== undefined) addresses.set(node, String(found));
    return addresses.get(node);
  }

  async function timed(list: 'pings' | 'reads', work: () => Promise<number | undefined>): Promise<void> {
    const since = Date.now();
    const ms = await work();
    if (ms !== undefined && weather.since(since, 'cuts') === undefined) latencies[list].push(ms);
  }

  async function ping(n: number): Promise<number | undefined> {
    const started = performance.now();
    const isAnswered = await ask(at(peers, n), `<ping xmlns='urn:xmpp:ping'/>`);
    return isAnswered ? performance.now() - started : undefined;
  }

  function tick(n: number): Promise<void>[] {
    const history = `historical='true' from='${new Date(Date.now() - HISTORY_MS).toISOString()}'`;
    return [
      ...Array.from({ length: AGAIN }, (_, i) =>
        ask(rackOf(n * 7 + i), register(at(nodes, n * 7 + i))).then(() => undefined),
      ),
      ...Array.from({ length: PUSHES }, (_, i) => push(n * PUSHES + i)),
      timed('reads', () => read(n * 13, "momentary='true'")),
      timed('pings', () => ping(n)),
      ...(n % ROUND_EVERY === 0 ? [round(n * 3)] : []),
      ...(n % HISTORY_EVERY === 0 ? [read((n / HISTORY_EVERY) * 7, history).then(() => undefined)] : []),
    ];
  }

  let isStopped = false;
  async function run(): Promise<void> {
    const underWay = new Set<Promise<void>>();
    for (let n = 0; !isStopped; n++) {
      if (underWay.size < MOST_UNDER_WAY) {
        for (const work of tick(n)) {
          const watched = work.finally(() => underWay.delete(watched));
          underWay.add(watched);
        }
      }
      leaving.take();
      await delay(TICK_MS);
    }
    await Promise.all(underWay);
  }

  await Promise.all(peers.map((each) => each.connect()));
  for (const [n, node] of nodes.entries()) {
    await ask(rackOf(n), register(node));
    await ask(ownerOf(n), claim(node, n % 2 === 0));
  }
  const running = run();

  return {
    done,
    wrongs,
    takeLatencies() {
      const taken = latencies;
      latencies = { pings: [], reads: [] };
      return taken;
    },
    async reconnect() {
      await Promise.all(peers.map((each) => each.drop()));
      await Promise.all(peers.map((each) => each.connect()));
    },
    async stop() {
      isStopped = true;
      await running;
      await Promise.all(peers.map((each) => each.drop()));
    },
  };
}

const READ_MS = 30_000;

function nodeOf(jid: string, n: number): Named {
  return { sn: `${jid.slice(0, jid.indexOf('@'))}/n${n}`, key: `key-${jid}-${n}`, jid, nodeId: `n${n}` };
}
