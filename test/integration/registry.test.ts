import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { childElements, type Element } from '../../src/xmpp/element.js';
import { parseXml, payloadOf, stanzaFiles } from '../xep/stanza-files.js';
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
const played = new Set<string>();
afterEach(async () => {
  for (const name of stage.played) played.add(name);
  await stage.close();
});

const THING = 'thing@example.org/imc';

/** Asks for something that has no file of its own, from a JID of the examples. */
async function tell(jid: string, payload: string) {
  return (await stage.client(jid)).iq('set', server.domain, stage.here(payload));
}

/** That the next notice is as an example has it; and of a claim, that it says whether the Thing is public. */
async function expectNotice(name: string, isPublic?: 'true' | 'false'): Promise<void> {
  const wanted = stage.example(name);
  const notice = await stage.notice(String(wanted.attrs['to']));
  const [payload] = childElements(notice);
  expect(payload?.attrs['public']).toBe(isPublic);
  expectPayload(notice, payloadOf(wanted));
}

describe.each(['get', 'set'] as const)('asked by IQs of type %s, the registry', (type) => {
  it('sees a Thing from registration to its end', async () => {
    stage = openStage(server);
    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('search', 'found-nothing', 'get');

    await stage.expectAnswer('mine-public', 'mine-result', type);
    await expectNotice('claimed', 'true');
    await stage.expectAnswer('mine-public', 'mine-result', type);
    await stage.expectAnswer('register', 'register-already-claimed', type);

    await stage.expectAnswer('update', 'update-result', type);
    await stage.expectAnswer('search', 'found', type);
    await stage.expectAnswer('update-by-owner', 'update-by-owner-result', type);

    await stage.expectAnswer('disown', 'disown-result', type);
    await expectNotice('disowned');
    await stage.expectAnswer('update', 'update-of-disowned', type);
    await stage.expectAnswer('search', 'found-nothing', type);
    await stage.expectAnswer('disown', 'disown-failure-not-found', type);
    await stage.expectAnswer('mine-public', 'mine-failure', type);

    await stage.expectAnswer('register', 'register-result', type);
    await stage.expectAnswer('mine-private', 'mine-result', type);
    await expectNotice('claimed-private', 'false');
    await stage.expectAnswer('update', 'update-result', type);
    await stage.expectAnswer('search', 'found-nothing', type);

    await stage.expectAnswer('remove', 'remove-result', type);
    await expectNotice('removed');
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
    await expectNotice('claimed-behind-concentrator', 'true');

    await stage.expectAnswer('update-behind-concentrator', 'update-result', type);
    await stage.expectAnswer('search', 'found-behind-concentrator', type);
    await stage.expectAnswer('update-by-owner-behind-concentrator', 'update-by-owner-result', type);
    await stage.expectAnswer('disown-behind-concentrator', 'disown-result', type);
    await expectNotice('disowned-behind-concentrator');

    await stage.expectAnswer('register-behind-concentrator', 'register-behind-concentrator-result', type);
    await expectAnswerTo(
      'mine-private',
      `<claimed xmlns='urn:xmpp:iot:discovery' jid='rack@example.org' ${node}/>`,
      type,
    );
    await expectNotice('claimed-behind-concentrator', 'false');
    await stage.expectAnswer('search', 'found-nothing', type);
    await stage.expectAnswer('remove-behind-concentrator', 'remove-result', type);
    await expectNotice('removed-behind-concentrator');

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

describe('the registry', () => {
  it('does not disown a Thing that is off line', async () => {
    stage = openStage(server);
    await stage.expectAnswer('register', 'register-result');
    await stage.expectAnswer('mine-public', 'mine-result');
    await expectNotice('claimed', 'true');
    await (await stage.client(THING)).stop();
    await stage.expectAnswer('disown', 'disown-failure-offline');
  });

  it('is found by asking the server for its components, and these for what they are', async () => {
    stage = openStage(server);
    const said = (answer: Element): string[] =>
      childElements(payloadOf(answer)).map(({ attrs }) => String(attrs['var'] ?? attrs['jid']));
    for (const question of ['support-server-info', 'support-server-items', 'support-component-info', 'support-info']) {
      const wanted = said(stage.example(`${question}-result`));
      expect(wanted).toHaveLength(1);
      expect(said(await stage.ask(question)), question).toEqual(expect.arrayContaining(wanted));
    }
  });

  it('was asked, and has answered, as every example has it', () => {
    const examples = stanzaFiles('0347-registry').filter(({ expected }) => 'example' in expected);
    // What clients acknowledge is empty. That result's \`jid\` is a full one; ours is bare, and is written out above.
    const others = ['claimed-acknowledged', 'disowned-acknowledged', 'removed-acknowledged', 'removed-result'];
    others.push('mine-result-behind-concentrator');
    const missing = examples.map(({ name }) => name).filter((name) => !played.has(name));
    expect(missing.sort()).toEqual(others.sort());
  });
});
