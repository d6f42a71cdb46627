import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.js';
import { createIds } from '../src/ids.js';
import { createLiveSettings } from '../src/live-settings.js';
import { start } from '../src/main.js';
import { serialize } from '../src/xmpp/element.js';
import { type ScriptedServer, startScriptedServer } from '../test/xmpp/scripted-server.js';

/*
 * Shows whether time tells a stranger what there is: how long the component takes to answer each kind of stanza, asked
 * of private Things, of a JID with many of them, and of what never was. All in one process, with the database in memory.
 *
 *     npm run timing                       2,000 rounds
 *     npm run timing -- --rounds 10000 --only remove
 *
 * Medians in microseconds, each with the half width of its 95 % interval. A difference is marked (*) if it is more than
 * both intervals allow: run it again before believing in one, and believe in one that comes back.
 */
const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '2000' }, only: { type: 'string', default: '' } },
});
const rounds = Number(options.rounds);
if (!(rounds > 0)) throw new Error('--rounds takes a number');

const DOMAIN = 'things.example.org';
const STRANGER = 'stranger@example.org/phone';
const OWNER = 'owner@example.org/phone';
const DISCOVERY = `xmlns='urn:xmpp:iot:discovery'`;
/** JIDs of each class: enough that no row stays in a cache of its own. */
const JIDS = 100;
const MANY = 20;
/** Turns of the event loop between two questions, so that what follows from an answer is not in the time of the next. */
const TURNS = 6;

/** What is asked about. `id` is one that names a private Thing, or nobody. */
interface Asked {
  readonly jid: string;
  readonly id: string;
}
type Class = 'never' | 'private' | 'many';
const CLASSES: readonly Class[] = ['never', 'private', 'many'];

/** Every kind of stanza by which a stranger names a Thing: the payload, its type, and the address that it goes to. */
const KINDS: Readonly<Record<string, (asked: Asked) => readonly [payload: string, type: 'get' | 'set', to?: string]>> =
  {
    remove: ({ jid }) => [`<remove ${DISCOVERY} jid='${jid}'/>`, 'set'],
    'remove, a node': ({ jid }) => [`<remove ${DISCOVERY} jid='${jid}' nodeId='n1'/>`, 'set'],
    disown: ({ jid }) => [`<disown ${DISCOVERY} jid='${jid}'/>`, 'set'],
    update: ({ jid }) => [`<update ${DISCOVERY} jid='${jid}'><str name='ROOM' value='1'/></update>`, 'set'],
    isFriend: ({ jid }) => [`<isFriend xmlns='urn:xmpp:iot:provisioning' jid='${jid}'/>`, 'get'],
    'disco#items of a JID': ({ jid }) => [
      `<query xmlns='http://jabber.org/protocol/disco#items' node='${jid}'/>`,
      'get',
    ],
    'disco#info of an id': ({ id }) => [
      `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
      'get',
      `${id}@${DOMAIN}`,
    ],
    'req of an id': ({ id }) => [request(id), 'get'],
    'req of a JID': ({ jid }) => [request(jid), 'get'],
    'req at an id': ({ id }) => [
      `<req xmlns='urn:xmpp:iot:sensordata' seqnr='${next()}' momentary='true'/>`,
      'get',
      `${id}@${DOMAIN}`,
    ],
  };

let last = 0;
function next(): number {
  last = (last % 1_000_000_000) + 1;
  return last;
}

function request(nodeId: string): string {
  return `<req xmlns='urn:xmpp:iot:sensordata' seqnr='${next()}' momentary='true'><node nodeId='${nodeId}'/></req>`;
}

const server = await startScriptedServer({
  domain: DOMAIN,
  secret: 's',
  // What the component sends to itself comes back, as from any server.
  onStanza: (stanza, peer) => void (stanza.attrs['to'] === DOMAIN && peer.send(serialize(stanza))),
});
const read = createLiveSettings(() =>
  readConfig(
    {
      THINGSTEAD_SERVICE: server.service,
      THINGSTEAD_DOMAIN: DOMAIN,
      THINGSTEAD_SECRET: 's',
      THINGSTEAD_DATABASE: 'sqlite::memory:',
      THINGSTEAD_PEPPER: 'ab'.repeat(32),
      THINGSTEAD_HTTP: 'off',
      THINGSTEAD_LIMITS: 'off',
    },
    undefined,
  ),
);
if ('faults' in read) throw new Error(read.faults.join('\n'));
const none = (): void => undefined;
const running = await start(
  read.settings,
  { level: 'info', isLevelEnabled: () => false, debug: none, info: none, warn: none, error: console.error },
  'timing',
);
try {
  await running.joined;
  while (!(await running.isReady())) await turn();
  const about = await populate(server);
  console.info(`${rounds} rounds; medians in microseconds; differences from what never was`);
  for (const [kind, ask] of Object.entries(KINDS)) {
    if (kind.includes(options.only)) console.info(line(kind, await measure(about, ask)));
  }
} finally {
  await running.stop();
  await server.stop();
}

/** Registers and claims, as private, the Things of all classes but `never`. */
async function populate(to: ScriptedServer): Promise<Readonly<Record<Class, readonly Asked[]>>> {
  const ids = createIds();
  const jids = (name: string) =>
    Array.from({ length: JIDS }, (_, n) => `${name}-${String(n).padStart(3, '0')}@example.org`);
  const never = jids('nothing').map((jid) => ({ jid, id: ids.ownership() }));
  for (const jid of jids('private')) await own(to, jid, '');
  for (const jid of jids('various')) for (let n = 0; n < MANY; n++) await own(to, jid, n === 0 ? '' : `n${n}`);
  const list = await ask(to, OWNER, `<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max></set></query>`, 'get'); // biome-ignore format: one stanza
  const named = [...list.matchAll(/jid="([a-z2-7]{10})@/g)].map(([, id = '']) => id);
  const owned = (name: string) => jids(name).map((jid, n) => ({ jid, id: named[n % named.length] ?? '' }));
  return { never, private: owned('private'), many: owned('various') };
}

async function own(to: ScriptedServer, jid: string, nodeId: string): Promise<void> {
  const tags = `<str name='SN' value='${jid} ${nodeId}'/><str name='KEY' value='k'/>`;
  const node = nodeId === '' ? '' : `nodeId='${nodeId}'`;
  await ask(to, `${jid}/device`, `<register ${DISCOVERY} ${node}>${tags}</register>`, 'set');
  const claimed = await ask(to, OWNER, `<mine ${DISCOVERY} public='false'>${tags}</mine>`, 'set');
  if (!claimed.includes('claimed')) throw new Error(`not claimed: ${claimed}`);
}

/** Asks about each class in turn, in an order left to chance. @returns how long the answers took, in microseconds. */
async function measure(about: Readonly<Record<Class, readonly Asked[]>>, kind: (typeof KINDS)[string]) {
  const times: Record<Class, number[]> = { never: [], private: [], many: [] };
  for (let round = -rounds / 10; round < rounds; round++) {
    const answers = new Map<Class, string>();
    for (const which of CLASSES.toSorted(() => Math.random() - 0.5)) {
      const asked = about[which][Math.floor(Math.random() * JIDS)];
      if (asked === undefined) throw new Error('nothing to ask about');
      const [payload, type, to] = kind(asked);
      const before = performance.now();
      const answer = await ask(server, STRANGER, payload, type, to);
      const time = (performance.now() - before) * 1000;
      if (round >= 0) times[which].push(time); // before that it warms up
      answers.set(which, answer.replaceAll(asked.jid, 'JID').replaceAll(asked.id, 'ID').replaceAll(/\d+/g, 'N'));
      for (let n = 0; n < TURNS; n++) await turn();
    }
    if (new Set(answers.values()).size > 1) throw new Error(`the answers differ: ${[...answers.values()].join('\n')}`);
  }
  return times;
}

async function ask(to: ScriptedServer, from: string, payload: string, type: string, at = DOMAIN): Promise<string> {
  const id = `q${next()}`;
  to.send(`<iq type='${type}' id='${id}' from='${from}' to='${at}'>${payload}</iq>`);
  return serialize(await to.next((stanza) => stanza.attrs['id'] === id));
}

function line(kind: string, times: Readonly<Record<Class, readonly number[]>>): string {
  const base = medianOf(times.never);
  const columns = CLASSES.map((which) => {
    const { median, half } = medianOf(times[which]);
    const difference = median - base.median;
    const mark = Math.abs(difference) > half + base.half ? ' *' : '  ';
    const compared =
      which === 'never' ? '' : `${difference >= 0 ? '+' : ''}${difference.toFixed(1)}${mark}`.padStart(9);
    return `${which} ${median.toFixed(1).padStart(6)} ±${half.toFixed(1)}${compared}`;
  });
  return `${kind.padEnd(22)}${columns.join('   ')}`;
}

/** With the half width of its 95 % interval, as in a notched box plot. */
function medianOf(times: readonly number[]): { readonly median: number; readonly half: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), half: (1.57 * (at(0.75) - at(0.25))) / Math.sqrt(sorted.length) };
}
