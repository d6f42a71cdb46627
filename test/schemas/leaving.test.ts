import { expect, it, onTestFinished } from 'vitest';
import { pingProtocol } from '../../src/xep/0199-ping/index.js';
import { serialize } from '../../src/xmpp/element.js';
import { startComponent } from '../integration/harness/component-under-test.js';
import { createBench, get } from '../xep/bench.js';
import { parseXml } from '../xep/stanza-files.js';
import { startScriptedServer } from '../xmpp/scripted-server.js';
import { createLeaving, leaving } from './leaving.js';

const DOMAIN = 'things.example.org';
const PING = "<ping xmlns='urn:xmpp:ping'/>";

it('keeps what leaves a router that a test plays', async () => {
  const answer = await createBench().ask([pingProtocol()], get(PING));
  expect(leaving.take()).toEqual([serialize(answer)]);
});

it('keeps what a component in this process writes to its stream', async () => {
  const server = await startScriptedServer({ domain: DOMAIN, secret: 's' });
  onTestFinished(() => server.stop());
  const host = { service: server.service, domain: DOMAIN, secret: 's' };
  const component = await startComponent(host, { awaitReady: false });
  onTestFinished(() => component.remove());
  await server.accepted();
  server.send(`<iq type='get' id='1' from='a@example.org/r' to='${DOMAIN}'>${PING}</iq>`);
  await server.next(({ attrs }) => attrs['id'] === '1');
  expect(leaving.take()).toContain(`<iq type="result" id="1" from="${DOMAIN}" to="a@example.org/r"/>`);
});

it('keeps what a client receives of a component elsewhere, less what the server put in', () => {
  const { received, take, toClientsOf } = createLeaving();
  toClientsOf(DOMAIN);
  const body = "<body>b</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-21T03:00:00Z'/>";
  received(parseXml(`<message from='x@${DOMAIN}/r' to='a@example.org'>${body}</message>`));
  received(parseXml(`<message from='a@example.org/${DOMAIN}' to='a@example.org'><body>of another</body></message>`));
  received(parseXml(`<iq type='error' id='1' from='${DOMAIN}' to='a@example.org'><no/><error type='wait'/></iq>`));
  expect(take()).toEqual([
    `<message from="x@${DOMAIN}/r" to="a@example.org"><body>b</body></message>`,
    `<iq type="error" id="1" from="${DOMAIN}" to="a@example.org"><error type="wait"/></iq>`,
  ]);
  expect(take()).toEqual([]);
});
