// The smallest owner: it claims a Thing by the text of its QR code, and reads it. See examples/README.md.

import { createClient } from 'thingstead/client';

const { JID, PASSWORD, HOST, PORT, REGISTRY } = process.env;
const account = { jid: JID, password: PASSWORD, service: `xmpp://${HOST}:${PORT}`, register: true };
const owner = createClient({ account, registry: REGISTRY });
const started = await owner.start();
if (!started.ok) throw new Error(started.why);

const claimed = await owner.claim(process.argv[2], { isPublic: false });
if (claimed.ok) {
  const found = await owner.addresses(claimed.value.jid);
  const [{ jid: address }] = found.value;
  const { readings, end } = await owner.read(address, { types: ['momentary'] }).all();
  for (const { name, value, unit } of readings) console.log(name, value, unit);
  for (const { reason } of end.failures) console.error(reason);
} else {
  console.error(claimed.why);
}
await owner.stop();
