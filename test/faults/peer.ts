import { setTimeout as delay } from 'node:timers/promises';
import { childElements, type Element, element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type Client, connectClient, errorOf, type Payload, resultOf } from '../integration/harness/client.js';
import { DISCOVERY, SENSOR_DATA } from '../integration/harness/sensors.js';
import type { Server } from '../integration/harness/server.js';
import type { Wrong } from './model.js';
import type { Weather } from './weather.js';

/** What came of a request. */
export type Outcome =
  /** It was done, or refused by this condition. `stanza` is the answer. */
  | { readonly kind: 'answer'; readonly condition: string | undefined; readonly stanza: Element }
  /** It was told to wait: nothing was done. */
  | { readonly kind: 'wait' }
  /** Its answer was lost, or the request itself. */
  | { readonly kind: 'silent' }
  /** It never left: there was no connection. */
  | { readonly kind: 'unsent' };

/** A read-out as its reader hears of it. */
export interface Heard {
  readonly values: string[];
  readonly failures: string[];
  /** Resolves with whether it came to its end. */
  readonly ended: Promise<boolean>;
}

export interface PeerOptions {
  readonly server: Server;
  readonly user: string;
  readonly weather: Weather;
  readonly onWrong: (wrong: Wrong, text: string) => void;
  /** Called for each request that was sent while there was somebody to take it. */
  readonly onRequest?: () => void;
  /** Called with each value that is in what it hears. */
  readonly onValue: (value: string, peer: Peer) => void;
  /** Called with each `claimed`, `disowned` and `removed`. */
  readonly onNotice?: (notice: Element) => void;
  /** The payload of messages that answer a question, into which its number goes; undefined: silence. */
  readonly onQuestion?: (req: Element) => string | undefined;
  /** Called when a request for later begins. */
  readonly onStarted?: (seqnr: string) => void;
}

/** Somebody with an account who comes back with the same full JID after each loss of connection. */
export interface Peer {
  readonly bare: string;
  readonly jid: string;
  readonly isOnline: boolean;
  connect(): Promise<void>;
  ask(type: 'get' | 'set', to: string, payload: Payload): Promise<Outcome>;
  /** Sends readings with a request for a receipt. */
  push(fields: string): Promise<Outcome>;
  /** Listens for what a read-out of this number brings. */
  listen(seqnr: string): Heard;
  /** A number for a read-out, not used before. */
  number(): string;
  drop(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * How long an answer may take in good weather, and a read-out from its beginning to its end, in ms: long, as nothing that
 * passes waits for it, and a component may be stopped for a minute.
 */
const PATIENCE_MS = 100_000;
export const READ_OUT_MS = 100_000;
const RECEIPTS = 'urn:xmpp:receipts';
const RESOURCE = 'r';
/** By which ejabberd says that nobody serves the domain: it takes it for one elsewhere, and talks to no other servers. */
const BOUNCES = new Map([
  ['forbidden', 'Access denied by service policy'],
  ['remote-server-not-found', ''],
  ['remote-server-timeout', ''],
  ['service-unavailable', ''],
]);
/** By which it refuses what it cannot do now; a fault of its own is one only where its data is damaged. */
const NOT_NOW = new Set(['resource-constraint', 'internal-server-error']);
/** A pause after a bounce, in ms: whoever asks again at once does so for ever. */
const BOUNCED_MS = 100;

interface Listening {
  readonly values: string[];
  readonly failures: string[];
  readonly end: (whole: boolean) => void;
}

export function createPeer(options: PeerOptions): Peer {
  const { server, user, weather, onWrong } = options;
  const bare = `${user}@${server.host}`;
  const pushes = new Map<string, (stanza: Element) => void>();
  const listening = new Map<string, Listening>();
  let client: Client | undefined;
  let numbers = 0;

  /** The answer, or undefined where none came and the weather explains it. */
  async function answerTo(what: string, coming: Promise<Element>): Promise<Element | undefined> {
    const since = Date.now();
    const lost = weather.lost();
    const none = coming.catch(() => undefined);
    const answer = await Promise.race([none, lost.promise.then(() => undefined)]);
    lost.forget();
    if (answer === undefined && weather.since(since, 'cuts') === undefined) {
      onWrong('unanswered', `${bare}: no answer in ${Date.now() - since} ms to ${what.slice(0, 300)}`);
    }
    return answer;
  }

  function judge(stanza: Element | undefined, since: number): Outcome {
    if (stanza === undefined) return { kind: 'silent' };
    if (stanza.attrs['type'] !== 'error') return { kind: 'answer', condition: undefined, stanza };
    return judgeRefusal(stanza, since);
  }

  function judgeRefusal(stanza: Element, since: number): Outcome {
    const { condition } = decodeError(stanza);
    const cut = weather.since(since, 'cuts');
    if (isBounce(stanza, condition)) {
      if (cut === undefined) onWrong('unanswered', `${bare}: bounced in good weather: ${stanza}`);
      return { kind: 'unsent' };
    }
    if (!NOT_NOW.has(condition)) return { kind: 'answer', condition, stanza };
    const excused = weather.since(since, 'refuses') ?? (condition === 'resource-constraint' ? cut : undefined);
    if (excused === undefined) onWrong('other', `${bare}: refused in good weather: ${stanza}`);
    return { kind: 'wait' };
  }

  function heard(stanza: Element): void {
    if (stanza.is('presence')) {
      if (stanza.attrs['type'] === 'subscribe') {
        client?.send(element('presence', { type: 'subscribed', to: stanza.attrs['from'] }));
      }
      return;
    }
    const id = stanza.getChild('received', RECEIPTS)?.attrs['id'] ?? stanza.attrs['id'];
    const isAboutPush = stanza.attrs['type'] === 'error' || stanza.getChild('received', RECEIPTS) !== undefined;
    if (isAboutPush) {
      pushes.get(String(id))?.(stanza);
      pushes.delete(String(id));
      return;
    }
    for (const payload of childElements(stanza)) if (payload.getNS() === SENSOR_DATA) told(payload);
  }

  /** Something of a read-out. */
  function told(payload: Element): void {
    const seqnr = String(payload.attrs['seqnr']);
    if (payload.getName() === 'started') options.onStarted?.(seqnr);
    const reader = listening.get(seqnr);
    const values = valuesOf(payload);
    for (const value of values) options.onValue(value, peer);
    reader?.values.push(...values);
    reader?.failures.push(...payload.getChildren('error').map((error) => error.getText()));
    if (payload.attrs['done'] === 'true') reader?.end(true);
  }

  async function listenTo(connected: Client): Promise<void> {
    try {
      for (;;) heard(await connected.next((stanza) => !stanza.is('iq'), 2 ** 31 - 1));
    } catch {
      // The stream has ended.
    }
    if (client === connected) client = undefined;
  }

  const peer: Peer = {
    bare,
    jid: `${bare}/${RESOURCE}`,
    get isOnline() {
      return client !== undefined;
    },
    async connect() {
      const connected = await connectClient(server, user, { resource: RESOURCE });
      for (const name of ['claimed', 'disowned', 'removed']) {
        connected.onIq(DISCOVERY, name, (iq) => {
          options.onNotice?.(childElements(iq)[0] ?? iq);
          return resultOf(iq);
        });
      }
      for (const name of ['unfriend', 'clearCache']) {
        connected.onIq('urn:xmpp:iot:provisioning', name, (iq) => resultOf(iq));
      }
      connected.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
      connected.onIq('urn:xmpp:time', 'time', (iq) => errorOf(iq, 'cancel', 'feature-not-implemented'));
      connected.onIq(SENSOR_DATA, 'req', (iq) => {
        const [req] = childElements(iq);
        const payload = req && options.onQuestion?.(req);
        if (req === undefined || payload === undefined) return undefined;
        connected.send(resultOf(iq, element('accepted', { xmlns: SENSOR_DATA, seqnr: req.attrs['seqnr'] })));
        connected.send(`<message to='${iq.attrs['from']}'>${payload}</message>`);
        return undefined;
      });
      connected.sendPresence();
      client = connected;
      void listenTo(connected);
    },
    async ask(type, to, payload) {
      if (client === undefined) return { kind: 'unsent' };
      const since = Date.now();
      const outcome = judge(await answerTo(String(payload), client.iq(type, to, payload, PATIENCE_MS)), since);
      if (outcome.kind === 'unsent') await delay(BOUNCED_MS);
      else options.onRequest?.();
      return outcome;
    },
    async push(fields) {
      if (client === undefined) return { kind: 'unsent' };
      const since = Date.now();
      const id = `p${peer.number()}`;
      const coming = new Promise<Element>((resolve, reject) => {
        pushes.set(id, resolve);
        setTimeout(() => reject(new Error('no receipt')), PATIENCE_MS).unref();
      });
      client.send(`<message to='${server.domain}' id='${id}'>${fields}<request xmlns='${RECEIPTS}'/></message>`);
      const outcome = judge(await answerTo(fields, coming), since);
      pushes.delete(id);
      if (outcome.kind !== 'unsent') options.onRequest?.();
      return outcome;
    },
    listen(seqnr) {
      const values: string[] = [];
      const failures: string[] = [];
      const ended = new Promise<boolean>((resolve) => {
        listening.set(seqnr, { values, failures, end: resolve });
      });
      return { values, failures, ended: ended.finally(() => listening.delete(seqnr)) };
    },
    number: () => String(++numbers),
    async drop() {
      const dropped = client;
      client = undefined;
      await dropped?.drop();
    },
    async stop() {
      const stopped = client;
      client = undefined;
      await stopped?.stop();
    },
  };
  return peer;
}

function isBounce(stanza: Element, condition: string): boolean {
  const text = BOUNCES.get(condition);
  return text !== undefined && (stanza.getChild('error')?.getChildText('text') ?? '').includes(text);
}

/** The values of all fields. */
export function valuesOf(payload: Element): string[] {
  return payload
    .getChildren('node')
    .flatMap((node) => node.getChildren('timestamp'))
    .flatMap((time) => childElements(time).map(({ attrs }) => String(attrs['value'])));
}
