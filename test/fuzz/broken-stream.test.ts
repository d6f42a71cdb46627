import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createParser } from '../../src/xmpp/parser.js';
import { startComponent } from '../integration/harness/component-under-test.js';
import { startScriptedServer } from '../xmpp/scripted-server.js';
import { DOMAIN, OWNER } from './cast.js';
import { brokenXml } from './damage.js';
import { valid } from './stanzas.js';

const CONDITIONS = ['bad-format', 'not-well-formed', 'policy-violation', 'restricted-xml'];
const PING = `<iq type='get' id='ping' from='${OWNER}' to='${DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>`;

it('what is not well-formed ends the stream by one of the conditions of RFC 6120', () => {
  for (const text of fc.sample(brokenXml(valid), { seed: 1, numRuns: 1000 })) {
    let ended: string | undefined;
    const ignore = (): void => undefined;
    const fault = (condition: string): void => {
      ended = condition;
    };
    const parser = createParser({ opened: ignore, element: ignore, refused: ignore, closed: ignore, fault });
    parser.write(`<stream:stream xmlns='jabber:component:accept'>${text}</stream:stream>`);
    expect(CONDITIONS, text).toContain(ended);
  }
});

it('ends no more than the stream: the component comes back and answers', { timeout: 60_000 }, async () => {
  const server = await startScriptedServer({ domain: DOMAIN, secret: 's' });
  onTestFinished(() => server.stop());
  const host = { service: server.service, domain: DOMAIN, secret: 's' };
  const component = await startComponent(host, { awaitReady: false });
  onTestFinished(() => component.remove());
  for (const text of fc.sample(brokenXml(valid), { seed: 2, numRuns: 3 })) {
    const peer = await server.accepted();
    peer.send(PING);
    await server.next(({ attrs }) => attrs['id'] === 'ping');
    peer.send(text);
    await peer.ended;
    expect(peer.received, text).toMatch(/<stream:error>.*<\/stream:error><\/stream:stream>$/s);
  }
  const peer = await server.accepted();
  peer.send(PING);
  await server.next(({ attrs }) => attrs['id'] === 'ping');
  expect(component.log.filter(({ level }) => level >= 50)).toEqual([]);
});
