import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { stanzaFiles } from '../xep/stanza-files.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { contents, rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { openStage, type Stage } from './harness/stage.js';
import { until } from './harness/until.js';

let server: Server;
let component: ComponentUnderTest;
let stage: Stage;
const THING = 'thing@example.org/imc';
const RACK = 'rack@example.org/plcs';
const OWNER = 'owner@example.org/phone';
const CURIOUS = 'curious@example.org/client';

// The stage: one Thing claimed as public, one behind a concentrator that nobody has claimed.
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
  stage = openStage(server);
  await stage.expectAnswer('register', 'register-result');
  await stage.expectAnswer('mine-public', 'mine-result');
  await settled();
  await tell(
    RACK,
    `<register nodeId='imc1' ${NS}><str name='SN' value='other'/><str name='KEY' value='secret'/></register>`,
  );
});
afterAll(async () => {
  await stage.close();
  await component.remove();
  await server.stop();
});

const NS = `xmlns='urn:xmpp:iot:discovery'`;

async function tell(jid: string, payload: string, type: 'get' | 'set' = 'set', to = server.domain) {
  return (await stage.client(jid)).iq(type, to, stage.here(payload));
}

/** Once nobody is owed any news, nothing changes by itself. */
function settled(): Promise<void> {
  return until(() => contents(component.database)['notice']?.length === 0, 'all notices are settled');
}

/** Expects an error, and that nothing has changed. */
async function expectRefused(ask: () => Promise<Element>, condition: string, type: string) {
  const before = contents(component.database);
  const answer = await ask();
  expect(answer.attrs['type'], String(answer)).toBe('error');
  const error = decodeError(answer);
  expect({ condition: error.condition, type: error.type }).toEqual({ condition, type });
  expect(error.text ?? '').not.toBe('');
  expect(contents(component.database)).toEqual(before);
}

describe('a request that cannot be read is refused and changes nothing', () => {
  const REQUESTS = ['register', 'mine', 'update', 'remove', 'disown', 'unregister', 'search'];
  const bad = stanzaFiles('0347-registry').filter(
    ({ expected }) => expected.error !== undefined && REQUESTS.includes(expected.kind),
  );

  it.each(bad.map(({ name, expected }) => [name, expected.error] as const))('%s', async (name, error) => {
    await expectRefused(() => stage.ask(name), error?.condition ?? '', error?.type ?? '');
  });
});

describe('a request that may not be granted is refused and changes nothing', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, n) => `<num name='N${n}' value='${n}'/>`).join('');

  it.each([
    ['register with 65 tags', RACK, `<register ${NS}>${tags(65)}</register>`, 'bad-request', 'modify'],
    ['update to more than 64 tags', THING, `<update ${NS}>${tags(62)}</update>`, 'bad-request', 'modify'],
    [
      'update of what never registered',
      CURIOUS,
      `<update ${NS}><str name='A' value='1'/></update>`,
      'item-not-found',
      'cancel',
    ],
    ['update of a node that never registered', THING, `<update ${NS} nodeId='x'/>`, 'item-not-found', 'cancel'],
    ['the Thing sets KEY', THING, `<update ${NS}><str name='KEY' value='new'/></update>`, 'bad-request', 'modify'],
    [
      'the owner sets KEY',
      OWNER,
      `<update ${NS} jid='thing@example.org'><str name='KEY' value='new'/></update>`,
      'bad-request',
      'modify',
    ],
    [
      'the owner empties KEY',
      OWNER,
      `<update ${NS} jid='thing@example.org'><str name='key' value=''/></update>`,
      'bad-request',
      'modify',
    ],
    [
      'another updates',
      CURIOUS,
      `<update ${NS} jid='thing@example.org'><str name='A' value='1'/></update>`,
      'item-not-found',
      'cancel',
    ],
    [
      'another updates what nobody owns',
      OWNER,
      `<update ${NS} jid='rack@example.org' nodeId='imc1'/>`,
      'item-not-found',
      'cancel',
    ],
    ['another removes', CURIOUS, `<remove ${NS} jid='thing@example.org'/>`, 'item-not-found', 'cancel'],
    [
      'the Thing removes itself as if it were its owner',
      THING,
      `<remove ${NS} jid='thing@example.org'/>`,
      'item-not-found',
      'cancel',
    ],
    [
      'the owner removes another node',
      OWNER,
      `<remove ${NS} jid='thing@example.org' nodeId='x'/>`,
      'item-not-found',
      'cancel',
    ],
    [
      'one removes what nobody owns',
      OWNER,
      `<remove ${NS} jid='rack@example.org' nodeId='imc1'/>`,
      'item-not-found',
      'cancel',
    ],
    ['another disowns', CURIOUS, `<disown ${NS} jid='thing@example.org'/>`, 'item-not-found', 'cancel'],
    [
      'one disowns what nobody owns',
      OWNER,
      `<disown ${NS} jid='rack@example.org' nodeId='imc1'/>`,
      'item-not-found',
      'cancel',
    ],
    ['a claim without KEY', OWNER, `<mine ${NS}><str name='SN' value='other'/></mine>`, 'item-not-found', 'cancel'],
    [
      'a claim with another KEY',
      OWNER,
      `<mine ${NS}><str name='SN' value='other'/><str name='KEY' value='Secret'/></mine>`,
      'item-not-found',
      'cancel',
    ],
    [
      'a claim with a tag more',
      OWNER,
      `<mine ${NS}><str name='SN' value='other'/><num name='V' value='1'/><str name='KEY' value='secret'/></mine>`,
      'item-not-found',
      'cancel',
    ],
    [
      'a claim of another node',
      OWNER,
      `<mine ${NS} nodeId='imc2'><str name='SN' value='other'/><str name='KEY' value='secret'/></mine>`,
      'item-not-found',
      'cancel',
    ],
    ['a claim without tags', OWNER, `<mine ${NS}/>`, 'item-not-found', 'cancel'],
  ])('%s', (_what, jid, payload, condition, type) => expectRefused(() => tell(jid, payload), condition, type));

  it('a claim of what is somebody else’s', () =>
    expectRefused(
      async () => {
        const mine = stage.example('mine-public').getChildElements();
        return (await stage.client(CURIOUS)).iq('set', server.domain, mine);
      },
      'item-not-found',
      'cancel',
    ));

  it('two Things with the same tags, claimed by them', async () => {
    const same = `<str name='SN' value='twin'/><str name='KEY' value='secret'/>`;
    await tell(RACK, `<register nodeId='a' ${NS}>${same}</register>`);
    await tell(RACK, `<register nodeId='b' ${NS}>${same}</register>`);
    await expectRefused(() => tell(OWNER, `<mine ${NS}>${same}</mine>`), 'item-not-found', 'cancel');
    expect(component.log.map(({ why }) => why)).toContain('several unclaimed Things have registered these very tags');
    await tell(RACK, `<unregister nodeId='a' ${NS}/>`);
    await tell(RACK, `<unregister nodeId='b' ${NS}/>`);
  });

  it('one who keeps failing to claim waits, even with the right tags; another does not', async () => {
    const guess = (n: number) =>
      tell(CURIOUS, `<mine ${NS}><str name='SN' value='other'/><str name='KEY' value='${n}'/></mine>`);
    let failed = 0;
    for (; decodeError(await guess(failed)).condition === 'item-not-found'; failed++) expect(failed).toBeLessThan(20);
    expect(failed).toBeGreaterThan(5);
    const right = `<mine ${NS}><str name='SN' value='other'/><str name='KEY' value='secret'/></mine>`;
    await expectRefused(() => tell(CURIOUS, right), 'resource-constraint', 'wait');
    expect((await tell(OWNER, right)).attrs['type']).toBe('result');
    await settled();
  });
});

describe('an IQ that no request is', () => {
  it.each([
    ['no payload', '', 'bad-request', 'modify'],
    ['two payloads', `<unregister ${NS}/><unregister ${NS}/>`, 'bad-request', 'modify'],
    ['an unknown namespace', `<register xmlns='urn:xmpp:iot:discovery:2'/>`, 'service-unavailable', 'cancel'],
    ['an unknown element of the namespace', `<tidy ${NS}/>`, 'feature-not-implemented', 'cancel'],
    ['an answer as a question', `<claimed ${NS} jid='a@b'/>`, 'feature-not-implemented', 'cancel'],
  ])('%s', (_what, payload, condition, type) => expectRefused(() => tell(THING, payload), condition, type));

  it.each(['thing', 'THING', 'a.b', 'aaaaaaaaaa'])('to %s@ the domain, where nothing is', (local) =>
    expectRefused(
      () => tell(THING, `<register ${NS}/>`, 'set', `${local}@${server.domain}`),
      'item-not-found',
      'cancel',
    ),
  );

  it('the registry’s own, to the brokered address of a Thing', async () => {
    const [row] = rows<{ id: string }>(component.database, 'SELECT id FROM ownership WHERE ended IS NULL');
    const ask = () => tell(OWNER, `<register ${NS}/>`, 'set', `${row?.id}@${server.domain}`);
    await expectRefused(ask, 'feature-not-implemented', 'cancel');
  });
});

describe('KEY', () => {
  it('is neither in the database nor in the log', () => {
    const key = stage.here('4857402340298342');
    expect(JSON.stringify(contents(component.database))).not.toContain(key);
    expect(JSON.stringify(component.log)).not.toContain(key);
    expect(JSON.stringify(rows(component.database, 'SELECT * FROM audit'))).not.toContain(key);
  });
});

describe('those outside THINGSTEAD_ALLOW', () => {
  it('are forbidden everything', async () => {
    await component.remove();
    component = await startComponent(server, { settings: { THINGSTEAD_ALLOW: 'elsewhere.example' } });
    await expectRefused(() => stage.ask('register'), 'forbidden', 'auth');
    await expectRefused(() => stage.ask('search'), 'forbidden', 'auth');
    await expectRefused(() => tell(THING, `<x xmlns='urn:example'/>`), 'forbidden', 'auth');
  });
});
