// An account that xmpp.js logs in, for test/interop/libraries.test.ts: its orders are in test/interop/README.md.
// Arguments: JID, service, registry; the password is in XMPP_PASSWORD. `--probe`: end well, as all that is needed is there.

import { createInterface } from 'node:readline';
import { client, xml } from '@xmpp/client';

const DISCOVERY = 'urn:xmpp:iot:discovery';
const SENSOR_DATA = 'urn:xmpp:iot:sensordata';
const ITEMS = 'http://jabber.org/protocol/disco#items';

const [jid = '', service = '', registry = ''] = process.argv.slice(2);
if (jid === '--probe') process.exit(0);
const [username, domain] = jid.split('@');
const xmpp = client({ service, domain, username, password: process.env.XMPP_PASSWORD });
const { iqCaller, iqCallee } = xmpp;
// It counts more stanzas than it was sent (XEP-0198), for which ejabberd ends the stream now and then.
xmpp.prependListener('element', (element) => {
  if (element.is('features')) element.remove('sm', 'urn:xmpp:sm:3');
});

const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Something that happens, and that may be waited for before or after. */
function events() {
  const [happened, waiting] = [[], []];
  return {
    tell: (event) => (waiting.shift() ?? ((each) => happened.push(each)))(event),
    forget: () => void happened.splice(0),
    next: () => (happened.length > 0 ? happened.shift() : new Promise((resolve) => waiting.push(resolve))),
  };
}

// The device.

let manner = 'good';
const claims = events();
const arrivals = events();

iqCallee.set(DISCOVERY, 'claimed', ({ element }) => {
  claims.tell({ by: element.attrs.jid });
  return {};
});
for (const notice of ['disowned', 'removed']) iqCallee.set(DISCOVERY, notice, () => ({}));

iqCallee.get(SENSOR_DATA, 'req', async ({ stanza, element }) => {
  const { seqnr } = element.attrs;
  const { from } = stanza.attrs;
  if (manner === 'refuse') {
    return xml(
      'error',
      { type: 'cancel' },
      xml('forbidden', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' }),
      xml('text', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' }, 'Access denied'),
    );
  }
  if (manner === 'silent') return new Promise(() => {});
  const done = manner === 'good' ? 'true' : undefined;
  // What is said before the answer is on its way is heard before it.
  setImmediate(() => xmpp.send(xml('message', { to: from }, temperature(seqnr, done))));
  return xml('accepted', { xmlns: SENSOR_DATA, seqnr });
});

function temperature(seqnr, done) {
  const value = xml('numeric', { name: 'Temperature', value: '21.50', unit: '°C', momentary: 'true' });
  const timestamp = xml('timestamp', { value: new Date().toISOString() }, value);
  return xml('fields', { xmlns: SENSOR_DATA, seqnr, done }, xml('node', { nodeId: '' }, timestamp));
}

// The reader.

const readOuts = new Map();
let seqnr = 0;

xmpp.on('stanza', (stanza) => {
  const [payload] = stanza.getChildElements();
  const readOut = payload?.getNS() === SENSOR_DATA && readOuts.get(payload.attrs.seqnr);
  if (!stanza.is('message') || !readOut) return;
  if (payload.is('failure')) readOut.failures.push(...payload.getChildren('error').map((error) => error.text()));
  for (const node of payload.getChildren('node')) {
    for (const timestamp of node.getChildren('timestamp')) {
      readOut.fields.push(...timestamp.getChildElements().map((field) => field.attrs));
    }
  }
  if (readOut.fields.length > 0) arrivals.tell({});
  if (payload.attrs.done === 'true') readOut.end({ fields: readOut.fields, failures: readOut.failures });
});

function read({ to }) {
  seqnr += 1;
  arrivals.forget();
  const number = String(seqnr);
  return new Promise((resolve, reject) => {
    readOuts.set(number, { fields: [], failures: [], end: resolve });
    const req = xml('req', { xmlns: SENSOR_DATA, seqnr: number, momentary: 'true' });
    iqCaller.get(req, to).catch(reject);
  });
}

// Orders.

const tagsOf = (tags) => Object.entries(tags).map(([name, value]) => xml('str', { name, value }));
// Its `get` and `set` give only an answer that has the question's own name, which `mine` and `search` do not get.
async function askRegistry(type, name, ...children) {
  const iq = xml('iq', { type, to: registry }, xml(name, { xmlns: DISCOVERY }, ...children));
  return (await iqCaller.request(iq)).getChildElements()[0];
}

const ORDERS = {
  async register({ tags }) {
    await askRegistry('set', 'register', ...tagsOf(tags));
    return {};
  },
  async claim({ tags }) {
    const claimed = await askRegistry('set', 'mine', ...tagsOf(tags));
    return { jid: claimed.attrs.jid };
  },
  async search({ tags }) {
    const criteria = Object.entries(tags).map(([name, value]) => xml('strEq', { name, value }));
    const found = await askRegistry('get', 'search', ...criteria);
    return { things: found.getChildren('thing').map((thing) => thing.attrs.jid) };
  },
  async addresses({ jid: node }) {
    const query = await iqCaller.get(xml('query', { xmlns: ITEMS, node }), registry);
    return { addresses: query.getChildren('item').map((item) => item.attrs.jid) };
  },
  async ping({ to }) {
    await iqCaller.get(xml('ping', { xmlns: 'urn:xmpp:ping' }), to);
    return {};
  },
  read,
  async serve(order) {
    manner = order.manner;
    return {};
  },
  claimed: () => claims.next(),
  arrived: () => arrivals.next(),
};

xmpp.on('error', (error) => process.stderr.write(`${error}\n`));
// A contact that wants to know when this device is on line may.
xmpp.on('stanza', (stanza) => {
  if (stanza.is('presence') && stanza.attrs.type === 'subscribe') {
    xmpp.send(xml('presence', { to: stanza.attrs.from, type: 'subscribed' }));
  }
});
xmpp.start().then(
  async (address) => {
    await xmpp.send(xml('presence'));
    tell({ id: 0, jid: address.toString() });
  },
  (error) => {
    tell({ id: 0, fatal: String(error) });
    process.exit(1);
  },
);

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, do: what, ...details } = JSON.parse(line);
    try {
      tell({ id, ...(await ORDERS[what](details)) });
    } catch (error) {
      tell({ id, error: error.condition ?? String(error) });
    }
  })
  .on('close', async () => {
    await xmpp.stop();
    process.exit(0);
  });
