import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDevice, type Device, type DeviceOptions, field, memoryState } from '../../src/device/index.js';
import { readIotDisco } from '../../src/xep/0347-registry/iot-disco.js';
import { encodeTags } from '../../src/xep/0347-registry/tags.js';
import { type Element, element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type Client, connectClient } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { DISCOVERY } from './harness/stage.js';
import { until } from './harness/until.js';

const SENSOR_DATA = 'urn:xmpp:iot:sensordata';
const PASSWORD = 'correct horse battery staple';

let server: Server;
let component: ComponentUnderTest;
let owner: Client;
let number = 0;
const devices: Device[] = [];

beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
});
beforeEach(async () => {
  number++;
  owner = await connectClient(server, `owner${number}`, { resource: 'phone' });
});
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
  await owner.stop();
});

const thingJid = (): string => `thing${number}@${server.host}`;

function device(options: Partial<DeviceOptions> = {}): Device {
  const made = createDevice({
    account: {
      jid: thingJid(),
      password: PASSWORD,
      service: `xmpp://${server.address}:${server.c2sPort}`,
      register: true,
    },
    tags: { SN: `sn-${number}`, MAN: 'example.org', MODEL: 'Thermometer', V: 1.2 },
    read: async () => [field.numeric('Temperature', '21.40', '°C')],
    ...options,
  });
  devices.push(made);
  return made;
}

async function started(options: Partial<DeviceOptions> = {}): Promise<Device> {
  const made = device(options);
  const online = new Promise<void>((resolve) => made.on('online', resolve));
  expect(await made.start()).toEqual({ ok: true });
  await online;
  return made;
}

/** Claims with what stands in the QR code, as an owner's app does. */
async function claim(text: string, isPublic = true): Promise<Element> {
  const read = readIotDisco(text);
  if ('fault' in read) throw new Error(read.fault);
  const mine = element('mine', { xmlns: DISCOVERY, public: isPublic ? undefined : false }, ...encodeTags(read.tags));
  return owner.iq('set', server.domain, mine);
}

describe('registration', () => {
  test('opens an account, finds the registry, registers, and learns its owner', async () => {
    const thing = await started();
    expect(thing.registry).toBe(server.domain);
    expect(thing.owner).toBeUndefined();
    expect((await claim(thing.iotDisco)).attrs['type']).toBe('result');
    await until(() => thing.owner === owner.bare, 'the owner is known');
    expect(thing.isPublic).toBe(true);
  });

  test('learns on coming back who claimed it meanwhile, also when the component restarted', async () => {
    const state = memoryState();
    const before = await started({ state });
    const text = before.iotDisco;
    await before.stop();
    expect((await claim(text, false)).attrs['type']).toBe('result');
    await component.restart();
    const after = await started({ state });
    expect(after.iotDisco).toBe(text);
    await until(() => after.owner === owner.bare, 'the owner is known');
    expect(after.isPublic).toBe(false);
  });

  test('empties its KEY once it is claimed, so that what a copied QR code says is worth nothing', async () => {
    const thing = await started();
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    await until(async () => (await claim(thing.iotDisco)).attrs['type'] === 'error', 'the KEY is no longer known');
  });

  test('registers anew when it is disowned, and can be claimed again', async () => {
    const thing = await started();
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    const disown = element('disown', { xmlns: DISCOVERY, jid: thingJid() });
    expect((await owner.iq('set', server.domain, disown)).attrs['type']).toBe('result');
    expect(thing.owner).toBeUndefined();
    await until(async () => (await claim(thing.iotDisco)).attrs['type'] === 'result', 'it can be claimed again');
    await until(() => thing.owner === owner.bare, 'the owner is known');
  });

  test('stays out of the registry when it was removed, until it is reset', async () => {
    const state = memoryState();
    const thing = await started({ state });
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    const remove = element('remove', { xmlns: DISCOVERY, jid: thingJid() });
    expect((await owner.iq('set', server.domain, remove)).attrs['type']).toBe('result');
    await until(() => thing.removed, 'it was told');
    await thing.stop();
    const later = await started({ state });
    expect((await claim(later.iotDisco)).attrs['type']).toBe('error');
    await later.reset();
    expect(later.owner).toBeUndefined();
    expect((await claim(later.iotDisco)).attrs['type']).toBe('result');
  });

  test('a wrong password ends the attempt with words', async () => {
    await (await connectClient(server, `thing${number}`, { password: 'another' })).stop();
    const outcome = await device({
      account: { jid: thingJid(), password: PASSWORD, service: `xmpp://${server.address}:${server.c2sPort}` },
    }).start();
    expect(outcome).toEqual({ ok: false, why: expect.stringContaining('password') });
  });

  test('an account that is there with another password is not opened anew', async () => {
    await (await connectClient(server, `thing${number}`, { password: 'another' })).stop();
    expect(await device().start()).toEqual({ ok: false, why: expect.stringContaining('conflict') });
  });
});

describe('forged notices', () => {
  test.each(['claimed', 'disowned', 'removed'])('%s is refused to anyone but the registry', async (name) => {
    const thing = await started();
    const forged = element(name, { xmlns: DISCOVERY, jid: name === 'claimed' ? owner.bare : undefined });
    const answer = await owner.iq('set', String(thing.jid), forged);
    expect(decodeError(answer).condition).toBe('forbidden');
    expect([thing.owner, thing.removed]).toEqual([undefined, false]);
  });
});

describe('read-outs', () => {
  const request = (attributes: Record<string, string>, ...children: Element[]): Element =>
    element('req', { xmlns: SENSOR_DATA, ...attributes }, ...children);
  const fields = (stanza: Element): boolean => stanza.getChild('fields', SENSOR_DATA) !== undefined;

  async function claimed(options: Partial<DeviceOptions> = {}): Promise<string> {
    const thing = await started(options);
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    return String(thing.jid);
  }

  test('answers its owner: accepted, then the fields with units and flags', async () => {
    const jid = await claimed();
    const answer = await owner.iq('get', jid, request({ seqnr: '7', momentary: 'true' }));
    expect(answer.getChild('accepted')?.attrs['seqnr']).toBe('7');
    const message = await owner.next(fields);
    const payload = message.getChild('fields');
    expect(payload?.attrs).toMatchObject({ seqnr: '7', done: 'true' });
    expect(payload?.getChild('node')?.getChild('timestamp')?.getChild('numeric')?.attrs).toEqual({
      name: 'Temperature',
      momentary: 'true',
      automaticReadout: 'true',
      value: '21.40',
      unit: '°C',
    });
  });

  test('sends on what was asked for, by type and by name, and no more', async () => {
    const read = async () => [
      field.numeric('Temperature', 21, '°C'),
      field.numeric('Humidity', 40, '%'),
      field.string('Firmware', '1.2', { types: ['identity'] }),
    ];
    const jid = await claimed({ read });
    const names = async (attributes: Record<string, string>, ...asked: string[]): Promise<string[]> => {
      const children = asked.map((name) => element('field', { name }));
      await owner.iq('get', jid, request(attributes, ...children));
      const payload = (await owner.next(fields)).getChild('fields');
      const found = payload?.getChild('node')?.getChild('timestamp')?.getChildElements() ?? [];
      return found.map(({ attrs }) => String(attrs['name']));
    };
    expect(await names({ seqnr: '1', momentary: 'true' })).toEqual(['Temperature', 'Humidity']);
    expect(await names({ seqnr: '2', identity: 'true' })).toEqual(['Firmware']);
    expect(await names({ seqnr: '3' })).toEqual(['Temperature', 'Humidity', 'Firmware']);
    expect(await names({ seqnr: '4', all: 'true' }, 'Humidity')).toEqual(['Humidity']);
    expect(await names({ seqnr: '5', historical: 'true' })).toEqual([]);
  });

  test('refuses strangers, a bad seqnr, an unknown node and a seqnr that is in use', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const read = async () => {
      await held;
      return [field.int('Count', 1)];
    };
    const jid = await claimed({ read });
    const stranger = await connectClient(server, `stranger${number}`);
    const refusals = [
      await stranger.iq('get', jid, request({ seqnr: '1' })),
      await owner.iq('get', jid, request({ seqnr: 'x' })),
      await owner.iq('get', jid, request({ seqnr: '1' }, element('node', { nodeId: 'other' }))),
    ];
    await owner.iq('get', jid, request({ seqnr: '2' }));
    refusals.push(await owner.iq('get', jid, request({ seqnr: '2' })));
    release();
    await owner.next(fields);
    expect(refusals.map((refusal) => decodeError(refusal).condition)).toEqual([
      'forbidden',
      'bad-request',
      'item-not-found',
      'bad-request',
    ]);
    expect(refusals[0]?.getChild('rejected', SENSOR_DATA)?.attrs['seqnr']).toBe('1');
    expect((await owner.iq('get', jid, request({ seqnr: '2' }))).attrs['type']).toBe('result');
    await owner.next(fields);
    expect(stranger.received.filter(fields)).toEqual([]);
    await stranger.stop();
  });

  test('a device that cannot be read says so in a failure', async () => {
    const jid = await claimed({ read: () => Promise.reject(new Error('The probe is broken.')) });
    await owner.iq('get', jid, request({ seqnr: '1' }));
    const message = await owner.next((stanza) => stanza.getChild('failure') !== undefined);
    const failure = message.getChild('failure');
    expect(failure?.attrs).toMatchObject({ seqnr: '1', done: 'true' });
    expect(failure?.getChildText('error')).toBe('The probe is broken.');
  });

  test('a cancelled read-out is heard of no more, and only its asker can cancel it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const signals: AbortSignal[] = [];
    const read: DeviceOptions['read'] = async ({ signal }) => {
      signals.push(signal);
      await held;
      return [field.int('Count', 1)];
    };
    const jid = await claimed({ read });
    const cancel = element('cancel', { xmlns: SENSOR_DATA, seqnr: '1' });
    expect(decodeError(await owner.iq('get', jid, cancel)).condition).toBe('item-not-found');
    await owner.iq('get', jid, request({ seqnr: '1' }));
    const stranger = await connectClient(server, `stranger${number}`);
    expect(decodeError(await stranger.iq('get', jid, cancel)).condition).toBe('item-not-found');
    expect((await owner.iq('get', jid, cancel)).getChild('cancelled')?.attrs['seqnr']).toBe('1');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    release();
    // What would have been sent would come before the answer to this.
    await owner.iq('get', jid, element('ping', { xmlns: 'urn:xmpp:ping' }));
    expect(owner.received.filter((stanza) => stanza.is('message'))).toEqual([]);
    await stranger.stop();
  });

  test('a queued read-out begins at its time', async () => {
    const jid = await claimed();
    const when = new Date(Date.now() + 300).toISOString();
    const answer = await owner.iq('get', jid, request({ seqnr: '1', when }));
    expect(answer.getChild('accepted')?.attrs['queued']).toBe('true');
    const started_ = await owner.next((stanza) => stanza.is('message'));
    expect(started_.getChild('started')?.attrs['seqnr']).toBe('1');
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(when));
    await owner.next(fields);
  });
});

describe('whom the registry vouches for', () => {
  const request = (...children: Element[]) =>
    element('req', { xmlns: SENSOR_DATA, seqnr: '1', momentary: 'true' }, ...children);

  test('reads a Thing that is its own directly, as everyone may', async () => {
    const thing = await started({ selfOwned: true });
    const stranger = await connectClient(server, `stranger${number}`);
    const answer = await stranger.iq('get', String(thing.jid), request());
    expect(answer.getChild('accepted')?.attrs['seqnr']).toBe('1');
    await stranger.next((stanza) => stanza.getChild('fields', SENSOR_DATA) !== undefined);
    await stranger.stop();
  });

  test('nobody is vouched for while the registry cannot be asked', async () => {
    const thing = await started({ selfOwned: true });
    await component.stop();
    const stranger = await connectClient(server, `stranger${number}`);
    expect(decodeError(await stranger.iq('get', String(thing.jid), request())).condition).toBe('forbidden');
    await stranger.stop();
    await component.restart();
  });
});

describe('a Thing behind a concentrator', () => {
  const node = { nodeId: 'imc1', sourceId: 'meters', cacheType: '' };

  test('is registered, claimed and read by its node, and hears of no other', async () => {
    const thing = await started({ node });
    const answer = await claim(thing.iotDisco);
    expect(answer.getChild('claimed')?.attrs).toMatchObject({ nodeId: 'imc1', sourceId: 'meters' });
    await until(() => thing.owner === owner.bare, 'the owner is known');
    const asked = element('node', { nodeId: 'imc1', sourceId: 'meters' });
    await owner.iq('get', String(thing.jid), element('req', { xmlns: SENSOR_DATA, seqnr: '1' }, asked));
    const message = await owner.next((stanza) => stanza.getChild('fields', SENSOR_DATA) !== undefined);
    expect(message.getChild('fields')?.getChild('node')?.attrs).toEqual({ nodeId: 'imc1', sourceId: 'meters' });
    const disown = element('disown', { xmlns: DISCOVERY, jid: thingJid(), nodeId: 'imc1', sourceId: 'meters' });
    expect((await owner.iq('set', server.domain, disown)).attrs['type']).toBe('result');
    expect(thing.owner).toBeUndefined();
  });
});

describe('the server', () => {
  test('may go and come back: the device is there again, and still who it was', async () => {
    const thing = await started();
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    const events: string[] = [];
    thing.on('offline', () => events.push('offline')).on('online', () => events.push('online'));
    await server.restart();
    await until(() => events.includes('online'), 'it is on line again', 60_000);
    expect(events).toEqual(['offline', 'online']);
    expect(thing.owner).toBe(owner.bare);
    await until(() => component.isReady(), 'the component is back', 60_000);
  }, 90_000);
});

describe('service discovery', () => {
  test('tells what it is', async () => {
    const thing = await started({ tags: { SN: '1', NAME: 'Boiler' } });
    const query = element('query', { xmlns: 'http://jabber.org/protocol/disco#info' });
    const info = (await owner.iq('get', String(thing.jid), query)).getChild('query');
    expect(info?.getChild('identity')?.attrs).toEqual({ category: 'device', type: 'sensor', name: 'Boiler' });
    const features = info?.getChildren('feature').map(({ attrs }) => String(attrs['var']));
    expect(features).toEqual(expect.arrayContaining([DISCOVERY, SENSOR_DATA, 'urn:xmpp:ping']));
  });
});

describe('friends', () => {
  test('its owner may see it on line, a stranger may not', async () => {
    const thing = await started();
    await claim(thing.iotDisco);
    await until(() => thing.owner !== undefined, 'the owner is known');
    const stranger = await connectClient(server, `stranger${number}`);
    for (const client of [owner, stranger]) {
      client.sendPresence();
      client.sendPresence({ type: 'subscribe', to: thingJid() });
    }
    const fromThing = (type: string) => (stanza: Element) =>
      stanza.is('presence') && stanza.attrs['type'] === type && String(stanza.attrs['from']).startsWith('thing');
    await owner.next(fromThing('subscribed'));
    await stranger.next(fromThing('unsubscribed'));
    await stranger.stop();
  });
});
