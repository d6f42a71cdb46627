import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { Element } from '../../src/xmpp/element.js';
import { type Client, connectClient } from '../integration/harness/client.js';
import { startComponent } from '../integration/harness/component-under-test.js';
import { openHousehold } from '../integration/harness/sensors.js';
import { startServer } from '../integration/harness/server.js';
import { DOMAIN, OWNER, RACK, THING } from './cast.js';
import { fromClients } from './stanzas.js';
import { write, type XmlTree } from './xml-tree.js';

// The same through a real server, which puts in who sends it, and which filters what it will.

const STANZAS = 600;
/** ejabberd has a shaper: what takes long on the way is left to the runs without it. */
const MOST_CHARACTERS = 4000;
/** A disowned Thing may stay silent for four seconds, at each of its sessions. */
const ANSWER_MS = 20_000;

it('answers clients of ejabberd once each, whatever they send', { timeout: 120_000 }, async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const component = await startComponent(server, { settings: { THINGSTEAD_LIMITS: 'off' } });
  onTestFinished(() => component.remove());
  const home = await openHousehold(server, false);
  const stranger = await connectClient(server, 'stranger');
  const clients = new Map<string | undefined, Client>([
    [OWNER, home.owner],
    [THING, home.device],
    [RACK, home.device],
  ]);
  const clientOf = (from: string | undefined): Client => clients.get(from) ?? stranger;

  const here = (text: string): string =>
    text
      .replaceAll(DOMAIN, server.domain)
      .replaceAll('localhost', server.host)
      .replace(/%(public|private)%/g, home.id);
  const texts = fc
    .sample(fromClients, { seed: 1, numRuns: STANZAS })
    .map((stanza, index) => ({ client: clientOf(attributeOf(stanza, 'from')), ...asSent(stanza, `f${index}`) }))
    .filter(({ text }) => text.length < MOST_CHARACTERS);

  const answers = texts.map(async ({ client, text, id, isAsked }) => {
    client.send(here(text));
    if (isAsked) await client.next((stanza) => isAnswer(stanza, id), ANSWER_MS);
  });
  await Promise.all(answers);

  for (const { client, id, isAsked } of texts.filter((one) => one.isAsked)) {
    expect(
      client.received.filter((stanza) => isAnswer(stanza, id)),
      id,
    ).toHaveLength(isAsked ? 1 : 0);
  }
  const pong = await stranger.iq('get', server.domain, `<ping xmlns='urn:xmpp:ping'/>`);
  expect(pong.attrs['type']).toBe('result');
  expect(component.log.filter(({ level }) => level >= 50)).toEqual([]);
  await home.stop();
  await stranger.stop();
});

function attributeOf({ attributes }: XmlTree, name: string): string | undefined {
  return attributes.find(([key]) => key === name)?.[1];
}

/** As a client writes it: the server says who it is from. */
function asSent(stanza: XmlTree, id: string) {
  const attributes = stanza.attributes.filter(([name]) => name !== 'from');
  const type = attributeOf(stanza, 'type');
  return {
    text: write({ ...stanza, attributes }).replace('%id%', id),
    id,
    isAsked: stanza.name === 'iq' && (type === 'get' || type === 'set'),
  };
}

function isAnswer({ name, attrs }: Element, id: string): boolean {
  return name === 'iq' && attrs['id'] === id && (attrs['type'] === 'result' || attrs['type'] === 'error');
}
