import { afterEach, describe, expect, test } from 'vitest';
import { type Account, createSession, type Session, type Started } from '../../src/client/session/session.js';
import type { Element } from '../../src/xmpp/element.js';
import { until } from '../integration/harness/until.js';
import { selfSigned } from './certificate.js';
import {
  HEADER,
  letIn,
  mechanisms,
  opening,
  type Peer,
  PROCEED,
  type ScriptedServer,
  STARTTLS,
  SUCCESS,
  startScriptedServer,
} from './scripted-server.js';

let server: ScriptedServer | undefined;
let session: Session | undefined;
afterEach(async () => {
  await session?.stop();
  await server?.stop();
});

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const JID = 'sensor@example.org';
const FULL = `${JID}/r`;
const SECRET = 'pencil';
const received: Element[] = [];

async function logIn(
  where: 'here' | 'elsewhere',
  script: (peer: Peer, connection: number) => Promise<void>,
  options: Partial<Account> & { readonly patient?: boolean } = {},
): Promise<Started> {
  server = await startScriptedServer(script);
  const { patient = false, ...account } = options;
  received.length = 0;
  session = createSession({
    account: { jid: JID, password: SECRET, service: server[where], ...account },
    name: 'test',
    protocols: [],
    patient,
    log: SILENT,
    onTraffic: (direction, stanza) => void (direction === 'in' && received.push(stanza)),
  });
  return session.start();
}

const begin = async (peer: Peer, features: string): Promise<void> => {
  await peer.expect(/<stream:stream [^>]*>/);
  peer.send(opening(features));
};

describe('encryption', () => {
  const certificate = selfSigned('example.org');
  const encrypted = (made: typeof certificate) => async (peer: Peer) => {
    await begin(peer, STARTTLS + mechanisms('PLAIN'));
    await peer.expect(/<starttls [^>]*>/);
    peer.send(PROCEED);
    peer.encrypt(made);
    await begin(peer, mechanisms('PLAIN'));
    await letIn(peer, FULL);
  };

  test('is used where it is offered, and the certificate has to be for the domain of the account', async () => {
    expect(await logIn('elsewhere', encrypted(certificate), { ca: certificate.cert })).toEqual({ ok: true });
    expect(session?.jid).toBe(FULL);
  });

  test('a certificate for another name is not trusted', async () => {
    const other = selfSigned('example.com');
    const started = await logIn('elsewhere', encrypted(other), { ca: other.cert });
    expect(started).toEqual({ ok: false, why: expect.stringContaining('cannot be trusted') });
  });

  test('a certificate of nobody is not trusted', async () => {
    const started = await logIn('elsewhere', encrypted(certificate));
    expect(started).toEqual({ ok: false, why: expect.stringContaining('cannot be trusted') });
  });

  test('without it nothing is said to another machine, least of all the password', async () => {
    let said = '';
    const started = await logIn('elsewhere', async (peer) => {
      await begin(peer, mechanisms('PLAIN'));
      said = (await peer.expect(/.*/s))[0];
    });
    expect(started).toEqual({ ok: false, why: expect.stringContaining('no encryption') });
    expect(said).not.toContain('auth');
  });

  test('one may do without it where one says so', async () => {
    const script = async (peer: Peer) => {
      await begin(peer, mechanisms('PLAIN'));
      await letIn(peer, FULL);
    };
    expect(await logIn('elsewhere', script, { allowPlain: true })).toEqual({ ok: true });
  });

  test('what somebody slipped in before it began is not heard', async () => {
    const slippedIn = async (peer: Peer) => {
      await begin(peer, STARTTLS);
      await peer.expect(/<starttls [^>]*>/);
      peer.send(`${PROCEED}<stream:features>${mechanisms('X-TELL-ME')}</stream:features>`);
      peer.encrypt(certificate);
      await begin(peer, mechanisms('PLAIN'));
      await letIn(peer, FULL);
    };
    expect(await logIn('elsewhere', slippedIn, { ca: certificate.cert })).toEqual({ ok: true });
  });
});

describe('authentication', () => {
  test('a server that says yes without a proof is not believed', async () => {
    const started = await logIn('here', async (peer) => {
      await begin(peer, mechanisms('PLAIN', 'SCRAM-SHA-1'));
      const [, first = ''] = await peer.expect(/<auth [^>]*mechanism="SCRAM-SHA-1"[^>]*>([^<]+)<\/auth>/);
      const nonce = /r=(.*)$/.exec(Buffer.from(first, 'base64').toString())?.[1];
      const challenge = Buffer.from(`r=${nonce}more,s=QSXCR+Q6sek8bf92,i=4096`).toString('base64');
      peer.send(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${challenge}</challenge>`);
      await peer.expect(/<response [^>]*>[^<]+<\/response>/);
      peer.send(SUCCESS);
    });
    expect(started).toEqual({ ok: false, why: expect.stringContaining('could not prove') });
  });

  test('a server that offers nothing we know is told of in words', async () => {
    const started = await logIn('here', (peer) => begin(peer, mechanisms('EXTERNAL', 'DIGEST-MD5')));
    expect(started).toEqual({ ok: false, why: expect.stringContaining('EXTERNAL, DIGEST-MD5') });
  });

  test('no words of ours hold the password', async () => {
    const refuse = async (peer: Peer) => {
      await begin(peer, mechanisms('PLAIN'));
      await peer.expect(/<auth.*?<\/auth>/);
      peer.send("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>");
    };
    const started = await logIn('here', refuse);
    expect(started).toMatchObject({ ok: false });
    expect(JSON.stringify(started)).not.toContain(SECRET);
  });
});

describe('the stream', () => {
  const simple = (then: (peer: Peer) => Promise<void>) => async (peer: Peer) => {
    await begin(peer, mechanisms('PLAIN'));
    await letIn(peer, FULL);
    await then(peer);
  };

  test('a character that comes in pieces stays whole', async () => {
    const message = "<message from='a@example.org'><body>21 °C, 20 m³, 漢字 🌡</body></message>";
    await logIn(
      'here',
      simple((peer) => peer.drip(message)),
    );
    await until(() => received.length > 0, 'the message came');
    expect(received[0]?.getChildText('body')).toBe('21 °C, 20 m³, 漢字 🌡');
  });

  test('what the server says without naming us is from our account and for us', async () => {
    await logIn(
      'here',
      simple(async (peer) => peer.send("<iq type='set' id='1'><x xmlns='y'/></iq>")),
    );
    await until(() => received.length > 0, 'it came');
    expect(received[0]?.attrs).toMatchObject({ from: JID, to: FULL });
  });

  test('is opened again when it ends, also when the server broke off in the middle', async () => {
    const outcome = await logIn(
      'here',
      simple(async (peer) => peer.end()),
      { patient: true },
    );
    expect(outcome).toEqual({ ok: true });
    await until(() => (server?.connections ?? 0) > 1, 'it connected again');
  });

  test.each([
    ['no XML', 'HTTP/1.0 400 Bad Request\r\n\r\n', 'is no XMPP'],
    [
      'a stream error',
      `${HEADER}<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      'host-unknown',
    ],
  ])('a server that sends %s is told of in words', async (_, text, words) => {
    const started = await logIn('here', async (peer) => {
      await peer.expect(/<stream:stream [^>]*>/);
      peer.send(text);
    });
    expect(started).toEqual({ ok: false, why: expect.stringContaining(words) });
  });

  test('where nothing listens, an impatient session says so', async () => {
    const gone = await startScriptedServer(async () => undefined);
    await gone.stop();
    session = createSession({
      account: { jid: JID, password: SECRET, service: gone.here },
      name: 'test',
      protocols: [],
      patient: false,
      log: SILENT,
    });
    expect(await session.start()).toEqual({ ok: false, why: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('the account', () => {
  test.each(['', 'example.org', 'a@b/c', 'a@', '@b', 'a b@c'])('%j is refused as one', (jid) => {
    const options = { name: 'test', protocols: [], patient: false, log: SILENT };
    expect(() => createSession({ ...options, account: { jid, password: SECRET } })).toThrow(/account/);
  });

  test.each(['127.0.0.1:5222', 'http://a', 'xmpp://', 'xmpp://a:0', 'xmpp://a:99999'])(
    '%j is no service',
    (service) => {
      const options = { name: 'test', protocols: [], patient: false, log: SILENT };
      expect(() => createSession({ ...options, account: { jid: JID, password: SECRET, service } })).toThrow(/service/);
    },
  );
});
