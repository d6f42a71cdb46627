import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseXml } from '../xep/stanza-files.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { expectPayload, openStage, type Stage } from './harness/stage.js';

// XEP-0347 as its examples have it, one after the other as in the life of a Thing; see stanzas/0347-registry.

let server: Server;
let component: ComponentUnderTest;
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component.remove();
  await server.stop();
});

let stage: Stage;
afterEach(() => stage.close());

const THING = 'thing@example.org/imc';
const RACK = 'rack@example.org/plcs';

/** Asks for something that has no file of its own, from a JID of the examples. */
async function tell(jid: string, payload: string) {
  return (await stage.client(jid)).iq('set', server.domain, stage.here(payload));
}

/** That the next notice of a client is this payload, to the letter: `public` is always written. */
async function expectNotice(jid: string, payload: string): Promise<void> {
  expectPayload(await stage.notice(jid), parseXml(stage.here(payload)));
}

describe.each(['get', 'set'] as const)('asked by IQs of type %s, the registry', (type) => {
  it('sees a Thing from registration to its end', async () => {
    stage = openStage(server);
    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('search', 'found-nothing', 'get');

    await stage.expectAnswer('mine-public', 'mine-result', type);
    await expectNotice(THING, `<claimed xmlns='urn:xmpp:iot:discovery' jid='owner@example.org' public='true'/>`);
    await stage.expectAnswer('mine-public', 'mine-result', type);
    await stage.expectAnswer('register', 'register-already-claimed', type);

    await stage.expectAnswer('update', 'update-result', type);
    await stage.expectAnswer('search', 'found', type);
    await stage.expectAnswer('update-by-owner', 'update-by-owner-result', type);

    await stage.expectAnswer('disown', 'disown-result', type);
    await expectNotice(THING, `<disowned xmlns='urn:xmpp:iot:discovery'/>`);
    await stage.expectAnswer('update', 'update-of-disowned', type);
    await stage.expectAnswer('search', 'found-nothing', type);
    await stage.expectAnswer('disown', 'disown-failure-not-found', type);
    await stage.expectAnswer('mine-public', 'mine-failure', type);

    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('mine-private', 'mine-result', type);
    await expectNotice(THING, `<claimed xmlns='urn:xmpp:iot:discovery' jid='owner@example.org' public='false'/>`);
    await stage.expectAnswer('update', 'update-result', type);
    await stage.expectAnswer('search', 'found-nothing', type);

    await stage.expectAnswer('remove', 'remove-result', type);
    await expectNotice(THING, `<removed xmlns='urn:xmpp:iot:discovery'/>`);
    await stage.expectAnswer('remove', 'remove-failure', type);
    await stage.expectAnswer('update', 'update-failure', type);
    await stage.expectAnswer('update-by-owner', 'update-by-owner-failure', type);

    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('unregister', 'unregister-result', type);
    await stage.expectAnswer('update', 'update-failure', type);
    await stage.expectAnswer('unregister', 'unregister-result', type);
  });

  it('sees a Thing behind a concentrator from registration to its end', async () => {
    stage = openStage(server);
    const node = `nodeId='imc1' sourceId='MeteringTopology'`;
    await stage.expectAnswer('register-behind-concentrator', 'register-behind-concentrator-result', type);
    await stage.expectAnswer('mine-narrowed-to-stand-alone', 'mine-failure', type);
    await expectAnswerTo(
      'mine-public',
      `<claimed xmlns='urn:xmpp:iot:discovery' jid='rack@example.org' ${node}/>`,
      type,
    );
    await expectNotice(RACK, `<claimed xmlns='urn:xmpp:iot:discovery' jid='owner@example.org' ${node} public='true'/>`);

    await stage.expectAnswer('update-behind-concentrator', 'update-result', type);
    await stage.expectAnswer('search', 'found-behind-concentrator', type);
    await stage.expectAnswer('update-by-owner-behind-concentrator', 'update-by-owner-result', type);
    await stage.expectAnswer('disown-behind-concentrator', 'disown-result', type);
    await expectNotice(RACK, `<disowned xmlns='urn:xmpp:iot:discovery' ${node}/>`);

    await stage.expectAnswer('register-behind-concentrator', 'register-behind-concentrator-result', type);
    await expectAnswerTo(
      'mine-private',
      `<claimed xmlns='urn:xmpp:iot:discovery' jid='rack@example.org' ${node}/>`,
      type,
    );
    await expectNotice(
      RACK,
      `<claimed xmlns='urn:xmpp:iot:discovery' jid='owner@example.org' ${node} public='false'/>`,
    );
    await stage.expectAnswer('search', 'found-nothing', type);
    await stage.expectAnswer('remove-behind-concentrator', 'remove-result', type);
    await expectNotice(RACK, `<removed xmlns='urn:xmpp:iot:discovery' ${node}/>`);

    await stage.expectAnswer('register-behind-concentrator', 'register-behind-concentrator-result', type);
    await stage.expectAnswer('unregister-behind-concentrator', 'unregister-result', type);
    await stage.expectAnswer('mine-public', 'mine-failure', type);
  });

  it('takes a Thing that owns itself', async () => {
    stage = openStage(server);
    await stage.expectAnswer('register-self-owned', 'register-self-owned-result', type);
    const found = await tell(
      THING,
      `<search xmlns='urn:xmpp:iot:discovery'><strEq name='SN' value='394872348732948723'/></search>`,
    );
    const thing = found.getChild('found')?.getChild('thing');
    expect(thing?.attrs).toEqual({ owner: stage.here('thing@example.org'), jid: stage.here('thing@example.org') });
    await stage.expectAnswer('mine-public', 'mine-failure', type);
    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('mine-public', 'mine-result', type);
  });

  async function expectAnswerTo(request: string, payload: string, asked: 'get' | 'set'): Promise<void> {
    const answer = await stage.ask(request, asked);
    expect(answer.attrs['type']).toBe('result');
    expectPayload(answer, parseXml(stage.here(payload)));
  }
});
