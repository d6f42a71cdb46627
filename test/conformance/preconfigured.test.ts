import { afterEach, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import { letIn, mechanisms, opening, type ScriptedServer, startScriptedServer } from '../client/scripted-server.js';

/** XEP-0347 section 3.5: a registry whose address is known is asked, and not looked for. */

let server: ScriptedServer | undefined;
let client: Client | undefined;
afterEach(async () => {
  await client?.stop();
  await server?.stop();
});

it('a registry at a preconfigured component address is asked at once', async () => {
  const asked: string[] = [];
  server = await startScriptedServer(async (peer) => {
    await peer.expect(/<stream:stream [^>]*>/);
    peer.send(opening(mechanisms('PLAIN')));
    await letIn(peer, 'owner@example.org/r');
    const [iq, id] = await peer.expect(/<iq (?=[^>]*id="([^"]+)")[^>]*>(?=<mine )|<iq [^>]*><query /);
    asked.push(iq);
    const claimed = "<claimed xmlns='urn:xmpp:iot:discovery' jid='thing@example.org' public='true'/>";
    peer.send(`<iq type='result' id='${id}' from='registry.example.net' to='owner@example.org/r'>${claimed}</iq>`);
    await peer.expect(/<\/stream:stream>/);
  });
  const account = { jid: 'owner@example.org', password: 'pencil', service: server.here };
  client = createClient({ account, registry: 'registry.example.net' });
  expect(await client.start()).toEqual({ ok: true });
  const claimed = await client.claim('IoTDisco;SN:1;KEY:2');
  expect(claimed).toMatchObject({ ok: true, value: { jid: 'thing@example.org' } });
  expect(asked).toEqual([expect.stringContaining('to="registry.example.net"')]);
});
