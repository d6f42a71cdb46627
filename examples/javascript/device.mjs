// The smallest Thing: it registers, is claimed, and tells its temperature when it is asked. See examples/README.md.

import { createDevice, field } from 'thingstead/device';

const { JID, PASSWORD, HOST, PORT, REGISTRY, SN, KEY } = process.env;
const device = createDevice({
  account: { jid: JID, password: PASSWORD, service: `xmpp://${HOST}:${PORT}`, register: true },
  registry: REGISTRY,
  tags: { SN, MAN: 'example.org', KEY },
  read: async () => [field.numeric('Temperature', '21.5', '°C')],
});
device.on('online', () => console.log(device.iotDisco));
device.on('claimed', ({ owner }) => console.log('claimed', owner));
const started = await device.start();
if (!started.ok) throw new Error(started.why);
