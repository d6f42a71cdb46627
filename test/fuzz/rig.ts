import { childElements, type Element, element, serialize } from '../../src/xmpp/element.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { rows } from '../integration/harness/database.js';
import { until } from '../integration/harness/until.js';
import { leaving } from '../schemas/leaving.js';
import { createValidator } from '../schemas/validator.js';
import { parseXml } from '../xep/stanza-files.js';
import { type ScriptedServer, startScriptedServer } from '../xmpp/scripted-server.js';
import { ADMIN, DOMAIN, OWNER, RACK, SENDERS, THING } from './cast.js';
import { type Counts, createOracle, type Oracle } from './oracle.js';

/** A whole component that a peer talks to which is no server, and filters nothing. */
export interface Rig {
  readonly counts: Counts;
  /** Fills in the words of this rig: its Things, the session of commands that the sender opened last, a fresh id. */
  filled(text: string): string;
  /** What is filled in for a word, such as `%private%`. */
  word(name: string): string;
  /** Sends stanzas, and waits until all that is due was answered. */
  play(stanzas: readonly string[]): Promise<void>;
  /** Sends one, and gives what was answered: what was said by then to that address under that id. */
  ask(stanza: string): Promise<readonly Element[]>;
  /** What is wrong so far: with what was said, with what it looks like, with what was logged. Settles first. */
  faults(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const TAGS = (sn: string) => `<str name='SN' value='${sn}'/><str name='KEY' value='k${sn}'/>`;
const NS = `xmlns='urn:xmpp:iot:discovery'`;
const PING = `<ping xmlns='urn:xmpp:ping'/>`;

/** One schema for all rigs: it takes a tenth of a second to compile. */
const validators: ReturnType<typeof createValidator>[] = [];
const theValidator = () => validators[0] ?? validators[validators.push(createValidator()) - 1];

/** Starts a component on data of its own, with a private Thing that stands alone and a public one behind a rack. */
export async function startRig(): Promise<Rig> {
  const oracle = createOracle([...SENDERS, DOMAIN]);
  const words = new Map<string, string>([
    ['%unknown%', 'aaaaaaaaaa'],
    ['%session%', 'none'],
  ]);
  const heard: Element[] = [];
  let asked = 0;
  const server = await startScriptedServer({
    domain: DOMAIN,
    secret: 's',
    onStanza(stanza, peer) {
      // What it sends to itself comes back, as from any server.
      if (isProbe(stanza)) {
        peer.send(serialize(stanza));
        return;
      }
      oracle.said(stanza);
      heard.push(stanza);
      const session = childElements(stanza)[0]?.attrs['sessionid'];
      if (typeof session === 'string') words.set(`%session% ${stanza.attrs['to']}`, session);
      const isQuestion = stanza.name === 'iq' && (stanza.attrs['type'] === 'get' || stanza.attrs['type'] === 'set');
      if (!isQuestion) return;
      asked += 1;
      const reply = REPLIES[asked % REPLIES.length] ?? acknowledged;
      for (const text of reply(stanza)) {
        oracle.told(parseXml(text));
        peer.send(text);
      }
    },
  });
  const settings = {
    THINGSTEAD_ADMINS: ADMIN.replace(/\/.*/, ''),
    THINGSTEAD_READOUT_DEADLINE: '2',
    THINGSTEAD_LIMITS: 'off',
  };
  const component = await startComponent({ service: server.service, domain: DOMAIN, secret: 's' }, { settings });
  const wire = wireOf(server, oracle, words);

  await wire.play([
    iq(THING, `<register ${NS}>${TAGS('1')}</register>`),
    iq(RACK, `<register ${NS} nodeId='n1'>${TAGS('2')}</register>`),
    iq(RACK, `<register ${NS} nodeId='n2'>${TAGS('3')}</register>`),
  ]);
  await wire.play([
    iq(OWNER, `<mine ${NS} public='false'>${TAGS('1')}</mine>`),
    iq(OWNER, `<mine ${NS} public='true'>${TAGS('2')}</mine>`),
  ]);
  for (const { id, node } of ownerships(component)) words.set(node === 'n1' ? '%public%' : '%private%', id);

  return {
    counts: oracle.counts,
    filled: wire.filled,
    word: (name) => words.get(name) ?? '',
    play: wire.play,
    async ask(stanza) {
      const before = heard.length;
      await wire.play([stanza]);
      const { attrs } = parseXml(stanza);
      return heard.slice(before).filter(({ attrs: own }) => own['to'] === attrs['from'] && own['id'] === attrs['id']);
    },
    async faults() {
      await settle(wire.play);
      const invalid = leaving.take().flatMap((xml) => {
        const fault = theValidator()?.faultOfOurs(xml);
        return fault === undefined ? [] : [`not valid: ${fault}\n${xml}`];
      });
      const logged = component.log.filter(({ level }) => level >= 50).map((line) => `logged: ${JSON.stringify(line)}`);
      return [...oracle.faults, ...oracle.unanswered(), ...invalid, ...logged];
    },
    async stop() {
      await component.remove();
      await server.stop();
      leaving.take();
    },
  };
}

function iq(from: string, payload: string): string {
  return `<iq type='set' id='%id%' from='${from}' to='${DOMAIN}'>${payload}</iq>`;
}

function wireOf(server: ScriptedServer, oracle: Oracle, words: ReadonlyMap<string, string>) {
  let ids = 0;
  const filled = (text: string): string =>
    text.replace(/%[a-z]+%/g, (word) => {
      ids += 1;
      if (word === '%id%') return `f${ids}`;
      const own = words.get(`${word} ${/ from='([^']*)'/.exec(text)?.[1]}`);
      return own ?? words.get(word) ?? word;
    });

  async function play(stanzas: readonly string[]): Promise<void> {
    const texts = stanzas.map(filled);
    for (const text of texts) oracle.told(parseXml(text));
    server.send(texts.join(''));
    await until(() => oracle.due === 0, 'all is answered').catch(() => undefined); // the oracle says what is not
  }

  return { filled, play };
}

/** Lets the component deal with all that it was told: each of these waits for the disk. */
async function settle(play: Rig['play']): Promise<void> {
  const fence = 'reader@localhost/fence';
  for (let turn = 0; turn < 3; turn++) await play([iq(fence, `<unregister ${NS}/>`)]);
  await play([iq(fence, PING).replace("'set'", "'get'")]);
}

function ownerships({ database }: ComponentUnderTest) {
  return rows<{ id: string; node: string }>(database, 'SELECT id, node_id AS node FROM ownership');
}

function isProbe({ name, attrs }: Element): boolean {
  return name === 'iq' && attrs['type'] === 'get' && attrs['to'] === DOMAIN && attrs['from'] === DOMAIN;
}

type Reply = (question: Element) => readonly string[];

function answer({ attrs }: Element, type: string, ...content: Element[]): string {
  return serialize(element('iq', { type, id: attrs['id'], from: attrs['to'], to: attrs['from'] }, ...content));
}

function refusal(question: Element, condition: string): string {
  const cause = element(condition, { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' });
  return answer(question, 'error', element('error', { type: 'cancel' }, cause));
}

const acknowledged: Reply = (question) => [answer(question, 'result')];

/** A device that does as it should: it accepts, and says what it has. */
const served: Reply = (question) => {
  const seqnr = childElements(question)[0]?.attrs['seqnr'];
  if (seqnr === undefined) return acknowledged(question);
  const xmlns = 'urn:xmpp:iot:sensordata';
  const field = `<numeric name='T' value='1.50' unit='°C' momentary='true' automaticReadout='true'/>`;
  const node = `<node nodeId='n1'><timestamp value='2026-11-01T00:00:00Z'>${field}</timestamp></node>`;
  return [
    answer(question, 'result', element('accepted', { xmlns, seqnr })),
    `<message from='${question.attrs['to']}' to='${question.attrs['from']}'>` +
      `<fields xmlns='${xmlns}' seqnr='${seqnr}' done='true'>${node}</fields></message>`,
  ];
};

/** How those who are asked by the component answer, in turn. None stays silent: the run would wait for it. */
const REPLIES: readonly Reply[] = [
  acknowledged,
  served,
  (question) => [refusal(question, 'item-not-found')],
  served,
  (question) => [refusal(question, 'service-unavailable')],
  (question) => [answer(question, 'result', element('time', { xmlns: 'urn:xmpp:time' }, element('tzo', {}, 'x')))],
  (question) => [answer(question, 'result', element('accepted', { xmlns: 'urn:xmpp:iot:sensordata', seqnr: '-1' }))],
  (question) => [answer(question, 'error')],
  // From somebody else first, then twice.
  (question) => [
    answer(question, 'result').replace(/from="[^"]*"/, `from="stranger@localhost/x"`),
    answer(question, 'result'),
    answer(question, 'result'),
  ],
];
