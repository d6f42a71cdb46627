import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAnswer, encodeRequest } from '../../src/xep/0050-commands/codec.js';
import { childElements, element } from '../../src/xmpp/element.js';
import type { Client } from './harness/client.js';
import { connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { DISCOVERY, type Household, openHousehold, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';

let compiled: Compiled;
let server: Server;
let component: ComponentUnderTest;
let home: Household;
let friend: Client;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponent(server);
  home = await openHousehold(server, false);
  friend = await connectClient(server, 'friend');
  friend.sendPresence();
});
afterAll(async () => {
  await friend?.stop();
  await home?.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

type Values = Readonly<Record<string, string>>;

/** Runs a command to its end: it asks for the Thing, its form, and a confirmation at most. @returns its last notes. */
async function run(client: Client, name: string, values: Values, to = server.domain): Promise<readonly string[]> {
  const node = `thingstead:${name}`;
  const fields = Object.entries(values).map(([field, value]) => ({ name: field, values: [value] }));
  const step = async (more: object) => {
    const iq = await client.iq('set', to, encodeRequest({ node, action: 'execute', ...more }));
    const [payload] = childElements(iq);
    const decoded = payload && decodeAnswer(payload);
    if (!decoded?.ok) throw new Error(`${name} was refused: ${iq}`);
    return decoded.value;
  };
  let answer = await step({});
  for (let steps = 0; answer.status === 'executing' && steps < 4; steps++) {
    const { sessionid, form } = answer;
    const isAsked = form?.fields.some((field) => Object.hasOwn(values, field.name ?? ''));
    answer = await step(isAsked ? { sessionid, form: { type: 'submit', fields } } : { sessionid, action: 'complete' });
  }
  expect(answer.status, String(answer.notes.map(({ text }) => text))).toBe('completed');
  return answer.notes.map(({ text }) => text);
}

/** The next message for a person. It comes from the component, to the account. */
async function words(client: Client): Promise<string> {
  const message = await client.next((stanza) => stanza.is('message') && stanza.attrs['type'] === 'chat', 15_000);
  expect(message.attrs['from']).toBe(server.domain);
  expect(String(message.attrs['to']).replace(/\/.*/, '')).toBe(client.bare);
  return message.getChildText('body') ?? '';
}

const chatsOf = (client: Client) => client.received.filter((stanza) => stanza.attrs['type'] === 'chat');

describe('an owner who wants to be told', () => {
  it('gets a message when a Thing is claimed, refused, offered, and given away; who does not gets offers alone', async () => {
    const { owner, device, id } = home;
    const thing = `"${owner.bare.slice('owner'.length, owner.bare.indexOf('@'))}" (${device.bare})`;
    await run(owner, 'notify', { on: 'true' });

    const second = await connectClient(server, 'lamp');
    const tags = () => [element('str', { name: 'SN', value: '7' }), element('str', { name: 'KEY', value: 'secret-7' })];
    await second.iq('set', server.domain, element('register', { xmlns: DISCOVERY }, ...tags()));
    await owner.iq('set', server.domain, element('mine', { xmlns: DISCOVERY }, ...tags()));
    expect(await words(owner)).toBe(`"7" (${second.bare}) is yours now.`);
    await second.stop();

    const far = "<timestamp value='2999-01-01T00:00:00Z'><int name='T' momentary='true' value='1'/></timestamp>";
    const push = `<message to='${server.domain}'><fields xmlns='${SENSOR_DATA}' seqnr='1' done='true'><node nodeId='D'>${far}</node></fields></message>`;
    device.send(push);
    device.send(push);
    expect(await words(owner)).toBe(
      `Readings of ${thing} were refused: The time is more than a day in the future. You are told that once a day.`,
    );

    await run(owner, 'transfer', { to: friend.bare, history: 'false' }, `${id}@${server.domain}`);
    expect(await words(friend)).toContain(`${owner.bare} offers you ${thing}, without its readings.`);
    await component.restart();
    await run(friend, 'accept', {}, `${id}@${server.domain}`);
    expect(await words(owner)).toBe(`${thing} is not yours any more: it has another owner.`);

    await run(owner, 'notify', { on: 'false' });
    await owner.iq('set', server.domain, element('remove', { xmlns: DISCOVERY, jid: second.bare }));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect([chatsOf(owner).length, chatsOf(friend).length]).toEqual([3, 1]);
  }, 60_000);

  it('gets them when he is back, and a bounce harms nobody', async () => {
    await run(friend, 'notify', { on: 'true' });
    await friend.stop();
    const gone = await connectClient(server, 'gone');
    await run(gone, 'notify', { on: 'true' });
    const third = await connectClient(server, 'heater');
    const tags = () => [element('str', { name: 'SN', value: '8' }), element('str', { name: 'KEY', value: 'secret-8' })];
    await third.iq('set', server.domain, element('register', { xmlns: DISCOVERY }, ...tags()));
    await gone.iq('set', server.domain, element('mine', { xmlns: DISCOVERY }, ...tags()));
    // The server knows no such account: the offer comes back as an error.
    await run(gone, 'transfer', { thing: third.bare, to: `nobody@${server.host}`, history: 'false' });
    await third.iq('set', server.domain, element('unregister', { xmlns: DISCOVERY }));
    gone.sendPresence();
    const claimed = `"8" (${third.bare}) is yours now.`;
    const left = `"8" (${third.bare}) is not yours any more: it was taken out of the registry.`;
    expect([await words(gone), await words(gone)]).toEqual([claimed, left]);
    for (const client of [gone, third]) await client.stop();
  }, 30_000);
});
