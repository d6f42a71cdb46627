import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACKNOWLEDGE_MS } from '../../src/domain/disownment.js';
import type { Element } from '../../src/xmpp/element.js';
import { parseXml } from '../xep/stanza-files.js';
import { type Client, connectClient, errorOf, resultOf } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { DISCOVERY, expectLike, expectPayload, openStage, type Stage } from './harness/stage.js';
import { until } from './harness/until.js';

let server: Server;
let component: ComponentUnderTest;
let stage: Stage;
let thing: Client;
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component.remove();
  await server.stop();
});
afterEach(() => stage.close());

const THING = 'thing@example.org/imc';

/** A Thing that its owner has just claimed, and that knows it. */
async function claimed(): Promise<void> {
  stage = openStage(server);
  thing = await stage.client(THING);
  await stage.expectAnswer('register', 'register-result');
  await stage.expectAnswer('mine-public', 'mine-result');
  await stage.notice(THING);
  const owed = () => rows(component.database, 'SELECT * FROM notice WHERE jid = ?', thing.bare);
  await until(() => owed().length === 0, 'it has settled');
}

/** The Thing's disownings, to be answered by the test. */
function disownings(client: Client): { readonly asked: readonly Element[] } {
  const asked: Element[] = [];
  client.onIq(DISCOVERY, 'disowned', (iq) => {
    asked.push(iq);
    return undefined;
  });
  return { asked };
}

async function first(asked: readonly Element[]): Promise<Element> {
  await until(() => asked.length > 0, 'the Thing is asked');
  const [iq] = asked;
  if (iq === undefined) throw new Error('not asked');
  return iq;
}

async function expectStillOwned(): Promise<void> {
  await stage.expectAnswer('mine-public', 'mine-result');
  // And is no longer about to be disowned: a registration now is none of its answer.
  const wishes = rows(
    component.database,
    'SELECT * FROM thing WHERE jid = ? AND disowning_until IS NOT NULL',
    thing.bare,
  );
  expect(wishes).toEqual([]);
}

describe('disowning', () => {
  it('waits for the Thing to acknowledge, and asks the session that spoke for it', async () => {
    await claimed();
    const local = thing.bare.split('@')[0] ?? '';
    const other = await connectClient(server, local, { resource: 'other' });
    other.sendPresence({ priority: '100' });
    const { asked } = disownings(thing);
    let answered = false;
    const disowned = stage.expectAnswer('disown', 'disown-result').then(() => {
      answered = true;
    });
    const iq = await first(asked);
    await stage.expectAnswer('mine-public', 'mine-result');
    expect(answered).toBe(false);
    thing.send(resultOf(iq));
    await disowned;
    expect(other.received.filter((stanza) => stanza.is('iq'))).toEqual([]);
    await other.stop();
  });

  it('is not allowed where the Thing refuses, and changes nothing', async () => {
    await claimed();
    thing.onIq(DISCOVERY, 'disowned', (iq) => errorOf(iq, 'cancel', 'feature-not-implemented'));
    await stage.expectAnswer('disown', 'disown-failure-offline');
    await expectStillOwned();
  });

  it('is not allowed where the Thing is off line, and changes nothing', async () => {
    await claimed();
    await thing.stop();
    await stage.expectAnswer('disown', 'disown-failure-offline');
    await expectStillOwned();
  });

  it('moves on to another session where the one that spoke is gone', async () => {
    await claimed();
    await thing.drop();
    const again = await connectClient(server, thing.bare.split('@')[0] ?? '', { resource: 'again' });
    again.onIq(DISCOVERY, 'disowned', (iq) => resultOf(iq));
    again.sendPresence();
    const known = () => rows(component.database, 'SELECT * FROM session WHERE session = ?', again.jid);
    await until(() => known().length > 0, 'the other session is known');
    await stage.expectAnswer('disown', 'disown-result');
    await again.stop();
  });

  // One test, as its 4 s are waited for in earnest.
  it('is not allowed where the Thing is silent for 4 s, whoever else answers, and late is too late', async () => {
    await claimed();
    const { asked } = disownings(thing);
    const from = Date.now();
    const disowned = stage.ask('disown');
    const iq = await first(asked);
    const liars = await Promise.all([
      connectClient(server, thing.bare.split('@')[0] ?? '', { resource: 'another' }),
      connectClient(server, 'mallory', { resource: 'imc' }),
    ]);
    for (const liar of liars) liar.send(resultOf(iq));
    expectLike(await disowned, stage.example('disown-failure-offline'));
    expect(Date.now() - from).toBeGreaterThanOrEqual(ACKNOWLEDGE_MS);
    await expectStillOwned();

    // It believes now that it was disowned.
    thing.send(resultOf(iq));
    const notice = await stage.notice(THING);
    expectPayload(
      notice,
      parseXml(stage.here(`<claimed xmlns='${DISCOVERY}' jid='owner@example.org' public='true'/>`)),
    );
    for (const liar of liars) await liar.stop();
  });

  it('is acknowledged by a registration that comes meanwhile, whose answer is empty', async () => {
    await claimed();
    const { asked } = disownings(thing);
    const disowned = stage.expectAnswer('disown', 'disown-result');
    const iq = await first(asked);
    await stage.expectAnswer('register', 'register-result');
    await disowned;
    thing.send(resultOf(iq)); // is ignored
    await stage.expectAnswer('mine-private', 'mine-result');
    await stage.notice(THING);
    await stage.expectAnswer('register', 'register-already-claimed');
    const [row] = rows<{ owners: number }>(
      component.database,
      'SELECT count(*) AS owners FROM ownership WHERE jid = ? AND ended IS NULL',
      thing.bare,
    );
    expect(row?.owners).toBe(1);
  });
});
