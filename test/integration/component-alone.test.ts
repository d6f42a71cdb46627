import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type Client, connectClient } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { contents, rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const OFTEN = { interval: 200, timeout: 1000 };

let server: Server;
let first: ComponentUnderTest;
let second: ComponentUnderTest | undefined;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  first = await startComponent(server, {}, OFTEN);
  client = await connectClient(server, 'thing');
});
afterAll(async () => {
  await client.stop();
  await second?.remove();
  await first.remove();
  await server.stop();
});

const ask = (payload: string, type: 'get' | 'set' = 'get') => client.iq(type, server.domain, payload);
const warnings = ({ log }: ComponentUnderTest) => log.filter(({ level }) => level === 40).map(({ msg }) => msg);

// One story: each test begins where the one before ended.
describe('two components on one domain', () => {
  it('notice each other, say so, and are not ready', async () => {
    expect(await first.isReady()).toBe(true);
    second = await startComponent(server, { awaitReady: false }, OFTEN);
    for (const component of [first, second]) {
      await until(() => warnings(component).length > 0, 'it has noticed the other');
      expect(warnings(component)[0]).toContain(`another connection serves "${server.domain}"`);
      await until(async () => !(await component.isReady()), 'it is not ready');
    }
  });

  it('refuse all that is written or searched, whichever of them gets it', async () => {
    const before = [first, second].map((component) => component && contents(component.database));
    const requests = [
      `<register ${NS}><str name='SN' value='1'/></register>`,
      `<search ${NS}><strEq name='A' value='1'/></search>`,
    ];
    for (const request of [...requests, ...requests, ...requests]) {
      const error = decodeError(await ask(request, 'set'));
      expect(error).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
      expect(error.text).toContain('Another connection serves this domain');
    }
    expect([first, second].map((component) => component && contents(component.database))).toEqual(before);
  });

  it('answer disco#info and ping all the same', async () => {
    for (let time = 0; time < 5; time++) {
      const info = await ask(`<query xmlns='http://jabber.org/protocol/disco#info'/>`);
      const features = info
        .getChild('query')
        ?.getChildren('feature')
        .map(({ attrs }) => attrs['var']);
      expect(features, String(info)).toContain('urn:xmpp:iot:discovery');
      expect((await ask(`<ping xmlns='urn:xmpp:ping'/>`)).attrs['type']).toBe('result');
    }
  });

  it('are ready again when one has gone, which is told of presence again', async () => {
    await second?.remove();
    second = undefined;
    await until(() => first.isReady(), 'the one that is left is ready');
    expect((await ask(`<register ${NS}><str name='SN' value='1'/></register>`, 'set')).attrs['type']).toBe('result');
    const other = await connectClient(server, 'thing', { resource: 'elsewhere' });
    other.sendPresence();
    const seen = () => rows(first.database, 'SELECT * FROM session WHERE session = ?', other.jid);
    await until(() => seen().length === 1, 'it is told that the Thing is on line elsewhere');
    await other.stop();
  });
});
