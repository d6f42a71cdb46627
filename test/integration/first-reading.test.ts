import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childElements } from '../../src/xmpp/element.js';
import { canonical, parseXml } from '../xep/stanza-files.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { answerWith, type Household, openHousehold, readAll, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';

let server: Server;
let component: ComponentUnderTest;
let home: Household;
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
  home = await openHousehold(server);
});
afterAll(async () => {
  await home.stop();
  await component.remove();
  await server.stop();
});

const REQ = `xmlns='${SENSOR_DATA}'`;
const READING = `<numeric name='Temperature' momentary='true' automaticReadout='true' value='23.40' unit='°C'/>`;

function fieldsXml(seqnr: string, nodeId: string, value: string, head = ''): string {
  return `<fields ${REQ} seqnr='${seqnr}'${head}><node nodeId='${nodeId}'><timestamp value='2013-03-07T16:24:30Z'>${value}</timestamp></node></fields>`;
}

describe.each([
  ['its brokered address', () => `${home.id}@${server.domain}`, () => '', () => 'Device01'],
  ['the component, by its id', () => server.domain, () => home.id, () => home.id],
  ['the component, by its JID', () => server.domain, () => home.device.bare, () => home.device.bare],
])('a Thing read through %s', (_where, address, node, called) => {
  it('answers its owner, and is kept as history', async () => {
    const asked = answerWith(home.device, (seqnr) => [fieldsXml(seqnr, 'Device01', READING, " done='true'")]);
    const nodes = node() === '' ? '' : `<node nodeId='${node()}'/>`;
    const accepted = await home.owner.iq('get', address(), `<req ${REQ} seqnr='007' momentary='1'>${nodes}</req>`);
    expect(accepted.attrs).toMatchObject({ type: 'result', from: address() });
    expect(childElements(accepted).map(canonical)).toEqual([canonical(parseXml(`<accepted ${REQ} seqnr='007'/>`))]);

    const [data, end, ...others] = await readAll(home.owner, '007');
    expect(others).toEqual([]);
    expect(data?.attrs).toMatchObject({ type: 'headline', from: address(), to: home.owner.jid });
    expect(data && childElements(data).map(canonical)).toEqual([
      canonical(parseXml(fieldsXml('007', called(), READING))),
    ]);
    expect(end && childElements(end).map(canonical)).toEqual([
      canonical(parseXml(`<fields ${REQ} seqnr='007' done='true'/>`)),
    ]);

    // From the domain, in the least form, with a number that is ours.
    expect(asked).toHaveLength(1);
    expect(asked[0]?.attrs).toMatchObject({ from: server.domain, to: home.device.jid, type: 'get' });
    const [question] = asked[0] === undefined ? [] : childElements(asked[0]);
    expect(question?.children).toEqual([]);
    expect(question?.attrs).toEqual({ xmlns: SENSOR_DATA, seqnr: question?.attrs['seqnr'], momentary: 'true' });
    expect(Number(question?.attrs['seqnr'])).toBeGreaterThanOrEqual(2 ** 30);

    const history = `<req ${REQ} seqnr='8' historical='true' from='2013-03-07T16:24:30Z' to='2013-03-07T16:24:30Z'>${nodes}</req>`;
    await home.owner.iq('set', address(), history);
    const [page] = await readAll(home.owner, '8');
    const stored = READING.replace("momentary='true'", "historicalSecond='true'");
    expect(page && childElements(page).map(canonical)).toEqual([canonical(parseXml(fieldsXml('8', called(), stored)))]);
    expect(asked).toHaveLength(1);
  });
});
