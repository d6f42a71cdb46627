import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childElements, type Element } from '../../src/xmpp/element.js';
import { resultOf } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { answerWith, type Household, openHousehold, readAll, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';

let server: Server;
let component: ComponentUnderTest;
let home: Household;
let asked: readonly Element[];
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
  home = await openHousehold(server, false);
  home.owner.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
  asked = answerWith(home.device, (seqnr) => [
    fieldsXml(seqnr, `<timestamp value='2026-03-01T18:00:00Z'>${NOW}</timestamp>`),
  ]);
  await pushAll();
});
afterAll(async () => {
  await home?.stop();
  await component?.remove();
  await server?.stop();
});

/** What it is now, said when the device is asked. */
const NOW = `<numeric name='Temperature' momentary='true' automaticReadout='true' value='0.0' unit='°C'/>`;
/** Readings of some hours of a day, by their time: temperatures, and of the meter beside it at the hours. */
const READINGS: readonly (readonly [time: string, temperature: string, power?: string])[] = [
  ['11:30', '20.0'],
  ['12:00', '23.0', '1.50'],
  ['12:15', '-40.0'],
  ['12:45', '21.5'],
  ['13:00', '22.0', '2.00'],
  // An hour without readings, and one that has none at its end.
  ['14:10', '10.0'],
  ['14:20', '15.0'],
];

function fieldsXml(seqnr: string, content: string, done = " done='true'"): string {
  return `<fields xmlns='${SENSOR_DATA}' seqnr='${seqnr}'${done}><node nodeId='Hall'>${content}</node></fields>`;
}

/** Pushes each time in a message of its own, as devices do. */
async function pushAll(): Promise<void> {
  for (const [index, [time, temperature, power]] of READINGS.entries()) {
    const numeric = (name: string, value: string, unit: string) =>
      `<numeric name='${name}' momentary='true' automaticReadout='true' value='${value}' unit='${unit}'/>`;
    const fields =
      numeric('Temperature', temperature, '°C') + (power === undefined ? '' : numeric('Power', power, 'kW'));
    const payload = fieldsXml('1', `<timestamp value='2026-03-01T${time}:00Z'>${fields}</timestamp>`, '');
    const receipt = `<request xmlns='urn:xmpp:receipts'/>`;
    home.device.send(`<message to='${server.domain}' id='push${index}'>${receipt}${payload}</message>`);
    await home.device.next((stanza) => stanza.getChild('received')?.attrs['id'] === `push${index}`);
  }
}

let number = 0;

/** Sends a request and gives what came: `12:00 Temperature, Max=23.0 °C (peak)`, and the failures. */
async function read(attributes: string, fields = ''): Promise<string[]> {
  number += 1;
  const req = `<req xmlns='${SENSOR_DATA}' seqnr='${number}' ${attributes}>${fields}</req>`;
  const answer = await home.owner.iq('get', `${home.id}@${server.domain}`, req);
  expect(answer.attrs['type']).toBe('result');
  return (await readAll(home.owner, String(number))).flatMap(said);
}

function said(message: Element): string[] {
  const [payload] = childElements(message);
  const errors = payload?.getChildren('error') ?? [];
  const times = (payload?.getChildren('node') ?? []).flatMap((node) => node.getChildren('timestamp'));
  const values = times.flatMap((time) =>
    childElements(time).map(({ attrs }) => {
      const type = ['peak', 'computed', 'momentary'].find((each) => attrs[each] === 'true') ?? 'value';
      const measured = [attrs['value'], attrs['unit'], `(${type})`].filter((each) => each !== undefined).join(' ');
      return `${String(time.attrs['value']).slice(11, 16)} ${attrs['name']}=${measured}`;
    }),
  );
  return [...values, ...errors.map((error) => `! ${error.getText()}`)];
}

const HOURS = "historicalHour='true' from='2026-03-01T12:00:00Z' to='2026-03-01T15:00:00Z'";

describe('history that is computed', () => {
  it('gives the value at each hour, and of the hour up to it the least, greatest, mean, last and number', async () => {
    const field = "<field name='Temperature'/>";
    expect(await read(`${HOURS} peak='true' computed='true'`, field)).toEqual([
      '12:00 Temperature=23.0 °C (value)',
      '12:00 Temperature, Min=20.0 °C (peak)',
      '12:00 Temperature, Max=23.0 °C (peak)',
      '12:00 Temperature, Mean=21.500 °C (computed)',
      '12:00 Temperature, Last=23.0 °C (computed)',
      '12:00 Temperature, Count=2 (computed)',
      '13:00 Temperature=22.0 °C (value)',
      '13:00 Temperature, Min=-40.0 °C (peak)',
      '13:00 Temperature, Max=22.0 °C (peak)',
      '13:00 Temperature, Mean=1.167 °C (computed)',
      '13:00 Temperature, Last=22.0 °C (computed)',
      '13:00 Temperature, Count=3 (computed)',
      '15:00 Temperature, Min=10.0 °C (peak)',
      '15:00 Temperature, Max=15.0 °C (peak)',
      '15:00 Temperature, Mean=12.500 °C (computed)',
      '15:00 Temperature, Last=15.0 °C (computed)',
      '15:00 Temperature, Count=2 (computed)',
    ]);
    expect(asked).toEqual([]);
  });

  it('gives only what is named, and nothing worked out that was not asked for', async () => {
    expect(await read(`${HOURS} peak='true'`, "<field name='Temperature, Max'/>")).toEqual([
      '12:00 Temperature, Max=23.0 °C (peak)',
      '13:00 Temperature, Max=22.0 °C (peak)',
      '15:00 Temperature, Max=15.0 °C (peak)',
    ]);
    expect(await read(HOURS, "<field name='Power'/>")).toEqual([
      '12:00 Power=1.50 kW (value)',
      '13:00 Power=2.00 kW (value)',
    ]);
  });
});

describe('another unit', () => {
  it('is given exactly: for what was stored, for what is worked out of it, and for what the device says now', async () => {
    const field = "<field name='Temperature' unit='°F'/><field name='Power' unit='W'/>";
    const values = await read(`${HOURS} peak='true'`, field);
    expect(values.filter((value) => value.includes('Temperature'))).toEqual([
      '12:00 Temperature=73.4 °F (value)',
      '12:00 Temperature, Min=68 °F (peak)',
      '12:00 Temperature, Max=73.4 °F (peak)',
      '13:00 Temperature=71.6 °F (value)',
      '13:00 Temperature, Min=-40 °F (peak)',
      '13:00 Temperature, Max=71.6 °F (peak)',
      '15:00 Temperature, Min=50 °F (peak)',
      '15:00 Temperature, Max=59 °F (peak)',
    ]);
    expect(values.filter((value) => !value.includes('Temperature'))).toEqual([
      '12:00 Power=1500 W (value)',
      '12:00 Power, Min=1500 W (peak)',
      '12:00 Power, Max=1500 W (peak)',
      '13:00 Power=2000 W (value)',
      '13:00 Power, Min=2000 W (peak)',
      '13:00 Power, Max=2000 W (peak)',
    ]);
    expect(await read("momentary='true'", "<field name='Temperature' unit='K'/>")).toEqual([
      '18:00 Temperature=273.15 K (momentary)',
    ]);
    expect(asked).toHaveLength(1);
    expect(asked.flatMap((iq) => childElements(iq)).flatMap((req) => req.children)).toEqual([]);
  });

  it('that a field cannot be given in is a failure that names both, after all others came', async () => {
    const field = "<field name='Temperature' unit='kWh'/><field name='Power' unit='W'/>";
    expect(await read(HOURS, field)).toEqual([
      '12:00 Power=1500 W (value)',
      '13:00 Power=2000 W (value)',
      expect.stringMatching(/^! Temperature is in "°C" and cannot be given in "kWh": /),
    ]);
  });

  it('leaves what is stored as it was reported, also after a restart', async () => {
    await component.restart();
    expect(await read(HOURS, "<field name='Temperature'/>")).toEqual([
      '12:00 Temperature=23.0 °C (value)',
      '13:00 Temperature=22.0 °C (value)',
    ]);
  });
});
