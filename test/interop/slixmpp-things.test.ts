import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient, runCommand } from '../../src/client/index.js';
import { createDevice, type Device, field } from '../../src/device/index.js';
import { connectClient } from '../integration/harness/client.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { SLIXMPP } from './libraries.js';
import { type LibraryAccount, openAccount, type ReadByLibrary, type Told } from './library-account.js';
import { canRun } from './programs.js';

const PASSWORD = 'correct-horse';
const DEADLINE_S = 6;
const TEST_MS = 60_000;
const DISCOVERY = 'urn:xmpp:iot:discovery';
const SENSOR_DATA = 'urn:xmpp:iot:sensordata';
const PAGES_OF = 2;

type SlixmppRead = Told<ReadByLibrary & { readonly states: readonly string[]; readonly text?: string }>;

// slixmpp's own plug-ins on either side of the broker, as they come: XEP-0323 as device and as reader, XEP-0030 with
// XEP-0059, and XEP-0199. What we had to learn of it is in test/interop/README.md.
describe.skipIf(!canRun(SLIXMPP.probe))('slixmpp', () => {
  let server: Server;
  let component: ComponentUnderTest;
  /** The account of slixmpp, and one of our own library. */
  let sam: LibraryAccount;
  let olivia: Client;
  const open: { stop(): Promise<unknown> }[] = [];
  const jid = (user: string) => `${user}@${server.host}`;

  beforeAll(async () => {
    server = await startServer();
    component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: String(DEADLINE_S) } });
    sam = await account('sam');
    olivia = await person('olivia');
  }, TEST_MS);
  afterAll(async () => {
    await Promise.all(open.map((each) => each.stop()));
    await component?.remove();
    await server?.stop();
  });

  async function account(user: string): Promise<LibraryAccount> {
    await (await connectClient(server, user, { password: PASSWORD })).stop(); // there is an account now
    const opened = await openAccount(SLIXMPP, server, user, PASSWORD);
    open.push(opened);
    return opened;
  }

  const ofOurs = (user: string) => {
    const service = `xmpp://${server.address}:${server.c2sPort}`;
    return { jid: jid(user), password: PASSWORD, service, register: true };
  };

  async function person(user: string): Promise<Client> {
    const client = createClient({ account: ofOurs(user), registry: server.domain });
    open.push(client);
    expect(await client.start()).toEqual({ ok: true });
    return client;
  }

  /** A device of our library that is claimed. @returns its brokered address. */
  async function deviceOfOurs(user: string, owner: Client, read: Parameters<typeof createDevice>[0]['read']) {
    const device: Device = createDevice({ account: ofOurs(user), tags: { SN: user, NAME: user }, read });
    open.push(device);
    const online = new Promise<void>((resolve) => device.on('online', resolve));
    expect(await device.start()).toEqual({ ok: true });
    await online; // it has registered
    expect(await owner.claim(device.iotDisco, { isPublic: false })).toMatchObject({ ok: true });
    return addressOf(owner, user);
  }

  /** A device of slixmpp's, claimed by our client. */
  async function deviceOfSlixmpp(user: string): Promise<{ readonly device: LibraryAccount; readonly address: string }> {
    const device = await account(user);
    const tags = { SN: user, KEY: `key-${user}` };
    expect(await device.register(tags)).toEqual({});
    expect(await olivia.claim(tags, { isPublic: false })).toMatchObject({ ok: true });
    expect(await device.claimed()).toEqual({ by: jid('olivia') });
    return { device, address: await addressOf(olivia, user) };
  }

  async function addressOf(owner: Client, user: string): Promise<string> {
    const found = await owner.addresses(jid(user));
    return (found.ok && found.value[0]?.jid) || expect.fail(`${user} has no address`);
  }

  async function asksOf(who: LibraryAccount, kind: 'get' | 'set', xml: string): Promise<string | undefined> {
    const { answer, error } = await who.order<Told<{ readonly answer?: string }>>('ask', {
      kind,
      to: server.domain,
      xml,
    });
    return error ?? answer?.replace(/ns0:|:ns0/g, '').replace(` xmlns="${DISCOVERY}"`, '');
  }

  describe('its XEP-0323 plug-in as device behind the broker', () => {
    let device: LibraryAccount;
    let address: string;
    beforeAll(async () => {
      ({ device, address } = await deviceOfSlixmpp('meter'));
    }, TEST_MS);

    test(
      'is read: fields of every type that it has',
      async () => {
        await device.order('hold', {
          fields: [
            { name: 'Temperature', type: 'numeric', value: '-0.50', unit: '°C' },
            { name: 'Door', type: 'boolean', value: 'true' },
            { name: 'Firmware', type: 'string', value: 'ü & <1.2>', flags: { identity: 'true' } },
            { name: 'Built', type: 'dateTime', value: '2026-01-02T03:04:05' },
            { name: 'Mode', type: 'enum', value: 'Auto', dataType: 'Modes' },
          ],
        });
        const { readings, end } = await olivia.read(address).all();
        expect(end).toMatchObject({ outcome: 'done', failures: [] });
        expect(readings.map(({ name, type, value, unit, dataType }) => [name, type, value, unit, dataType])).toEqual([
          ['Temperature', 'numeric', '-0.50', '°C', ''],
          ['Door', 'boolean', 'true', '', ''],
          ['Firmware', 'string', 'ü & <1.2>', '', ''],
          ['Built', 'dateTime', '2026-01-02T03:04:05', '', ''],
          ['Mode', 'enum', 'Auto', '', 'Modes'],
        ]);
        expect(readings[0]?.fieldTypes).toEqual(new Set(['momentary']));
      },
      TEST_MS,
    );

    // It says nothing of fields that it holds when it is asked for the other types alone.
    test(
      'is asked for some of it, by type and by name',
      async () => {
        const some = await olivia.read(address, { types: ['momentary'], fields: ['Door'] }).all();
        expect(some.readings.map(({ name }) => name)).toEqual(['Door']);
        const none = await olivia.read(address, { types: ['peak'] }).all();
        expect([none.readings, none.end.outcome]).toEqual([[], 'done']);
      },
      TEST_MS,
    );

    test(
      'fails, and refuses',
      async () => {
        await device.serve('fail');
        const failed = await olivia.read(address).all();
        expect([failed.readings.length, failed.end.failures.map(({ reason }) => reason)]).toEqual([
          0,
          ['The probe is broken'],
        ]);
        // By <rejected/> in an error that has no condition.
        await device.serve('refuse');
        const refused = await olivia.read(address).all();
        expect(refused.end.failures.map(({ reason }) => reason)).toEqual(['The Thing refused: Access denied']);
        await device.serve('good');
        expect((await olivia.read(address).all()).end.failures).toEqual([]);
      },
      TEST_MS,
    );

    test(
      'is several nodes, each a Thing',
      async () => {
        const { device: rack } = await deviceOfSlixmpp('rack');
        for (const [node, value] of Object.entries({ hall: '19', attic: '7' })) {
          await rack.order('hold', { node, fields: [{ name: 'Temperature', type: 'numeric', value, unit: '°C' }] });
          const tags = `<str name="SN" value="${node}"/><str name="KEY" value="${node}"/>`;
          const register = `<register xmlns="${DISCOVERY}" nodeId="${node}">${tags}</register>`;
          expect(await asksOf(rack, 'set', register)).toBe('');
          expect(await olivia.claim({ SN: node, KEY: node }, { isPublic: false })).toMatchObject({ ok: true });
        }
        const found = await olivia.addresses(jid('rack'));
        const items = found.ok ? found.value : [];
        expect(items).toHaveLength(3);
        const read = await Promise.all(items.slice(1).map((item) => olivia.read(item.jid).all()));
        expect(read.map(({ readings }) => readings.map(({ value }) => value))).toEqual([['19'], ['7']]);
      },
      TEST_MS,
    );
  });

  describe('its XEP-0323 plug-in as reader in front of the broker', () => {
    let address: string;
    let reader: LibraryAccount;
    beforeAll(async () => {
      reader = await account('rita');
      address = await deviceOfOurs('sensor', olivia, async () => [
        field.numeric('Temperature', '21.40', '°C'),
        field.boolean('Door', true),
        field.string('Firmware', '1.2.0', { types: ['identity'] }),
        field.enumeration('Mode', 'Auto', 'Modes'),
        field.int('Count', 12),
      ]);
    }, TEST_MS);

    const read = (who: LibraryAccount, details: object) => who.order<SlixmppRead>('read', { to: address, ...details });

    test(
      'is refused what it may not read, and hears it',
      async () => {
        for (const to of [address, `aaaaaaaaaa@${server.domain}`, `${address}/any`]) {
          const refused = await read(reader, { to });
          expect(refused).toEqual({
            error: 'rejected',
            states: ['rejected'],
            text: 'There is nothing at this address.',
          });
        }
        expect(await read(reader, { to: server.domain })).toMatchObject({
          error: 'rejected',
          text: expect.stringContaining('none is shared with you'),
        });
        expect(await read(reader, { flags: { momentary: 'maybe' } })).toMatchObject({ error: 'rejected' });
      },
      TEST_MS,
    );

    test(
      'reads what is shared with it, and no more once it is not',
      async () => {
        const [id = ''] = address.split('@');
        const values = { thing: [id], with: [jid('rita')] };
        const shared = await runCommand(olivia, server.domain, 'thingstead:share', { values });
        expect(shared).toMatchObject({ kind: 'completed' });

        const { fields, failures, states } = await read(reader, { flags: { all: 'true' } });
        expect([failures, states]).toEqual([[], ['accepted', ...states.filter((state) => state === 'fields'), 'done']]);
        expect(fields.map(({ name, typename, value, unit }) => [name, typename, value, unit])).toEqual([
          ['Temperature', 'numeric', '21.40', '°C'],
          ['Door', 'boolean', 'true', undefined],
          ['Firmware', 'string', '1.2.0', undefined],
          // It drops `int` and says nothing of that; a registry cannot know whom it writes to.
          ['Mode', 'enum', 'Auto', undefined],
        ]);
        expect(fields[0]).toMatchObject({ momentary: 'true', automaticReadout: 'true', nodeId: id });

        const byNode = await read(reader, { to: server.domain, nodes: [id], fields: ['Temperature'] });
        expect(byNode.fields.map(({ nodeId, name }) => [nodeId, name])).toEqual([[id, 'Temperature']]);

        const unshared = await runCommand(olivia, server.domain, 'thingstead:unshare', { values });
        expect(unshared).toMatchObject({ kind: 'completed' });
        expect(await read(reader, {})).toMatchObject({ error: 'rejected' });
      },
      TEST_MS,
    );

    test(
      'reads what was kept',
      async () => {
        const { device, address: ofMeter } = await deviceOfSlixmpp('kept');
        expect((await olivia.read(ofMeter).all()).readings).toHaveLength(1);
        const values = { thing: [ofMeter.split('@')[0] ?? ''], with: [jid('rita')] };
        await runCommand(olivia, server.domain, 'thingstead:share', { values });
        await device.stop(); // history is the registry's alone
        const history = await read(reader, { to: ofMeter, flags: { historical: 'true' } });
        expect(history).toMatchObject({ failures: [], fields: [{ name: 'Temperature', historicalSecond: 'true' }] });
        const offline = await read(reader, { to: ofMeter });
        expect([offline.fields, offline.failures]).toEqual([[], ['The Thing is off line.']]);
      },
      TEST_MS,
    );

    // Its plug-in is done with a request at the first failure; what would follow would be an exception in it.
    test(
      'gets the data of several Things before the first failure',
      async () => {
        const silent = await deviceOfOurs('mute', olivia, async () => {
          throw new Error('no sensor');
        });
        for (const each of [address, silent]) {
          const values = { thing: [each.split('@')[0] ?? ''], with: [jid('rita')] };
          await runCommand(olivia, server.domain, 'thingstead:share', { values });
        }
        const { states, fields } = await read(reader, { to: server.domain, flags: { momentary: 'true' } });
        expect(states.at(0)).toBe('accepted');
        expect(states.at(-1)).toBe('failure');
        expect(fields.map(({ name }) => name)).toContain('Temperature');
      },
      TEST_MS,
    );
  });

  test(
    'looks around and pings: XEP-0030 with XEP-0059, and XEP-0199',
    async () => {
      const things = await account('rack2');
      for (const node of ['1', '2', '3', '4', '5']) {
        const tag = `<str xmlns="${DISCOVERY}" name="SN" value="r${node}"/>`;
        await asksOf(
          things,
          'set',
          `<register xmlns="${DISCOVERY}" nodeId="${node}" selfOwned="true">${tag}</register>`,
        );
      }
      const { pages } = await sam.order<{ readonly pages: readonly (readonly string[])[] }>('pages', {
        to: server.domain,
        size: PAGES_OF,
      });
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(new Set(pages.flat()).size).toBe(5);

      const ofDomain = await sam.order<Disco>('disco', { to: server.domain });
      expect(ofDomain.features).toEqual(expect.arrayContaining([DISCOVERY, SENSOR_DATA, 'urn:xmpp:ping']));
      const [address = ''] = pages.flat();
      const ofThing = await sam.order<Disco>('disco', { to: address });
      // It keeps items as a set: which one is the first is chance.
      const { 'tag:SN': sn } = ofThing.form;
      expect(sn).toMatch(/^r[1-5]$/);
      expect(ofThing.identities).toEqual([['client', 'bot', null, sn]]);
      expect(ofThing.features).toEqual(expect.arrayContaining([SENSOR_DATA, 'urn:xmpp:ping']));
      expect(ofThing.form).toMatchObject({
        FORM_TYPE: ['thingstead:thing'],
        jid: jid('rack2'),
        nodeId: sn?.slice(1),
      });
      const nothing = `aaaaaaaaaa@${server.domain}`;
      expect(await sam.order('disco', { to: nothing })).toEqual({ error: 'item-not-found' });
      expect([await sam.ping(server.domain), await sam.ping(address), await sam.ping(nothing)]).toEqual([
        {},
        {},
        { error: 'item-not-found' },
      ]);
    },
    TEST_MS,
  );

  test(
    'asks the registry for everything, written out',
    async () => {
      const thing = await account('thing');
      const owner = sam;
      const of = (who: LibraryAccount) => (kind: 'get' | 'set', name: string, attributes: string, inner: string) =>
        asksOf(who, kind, `<${name} xmlns="${DISCOVERY}" ${attributes}>${inner}</${name}>`);
      const [asThing, asOwner] = [of(thing), of(owner)];
      const tags = '<str name="SN" value="77"/><num name="V" value="1.50"/><str name="KEY" value="k77"/>';
      const its = `jid="${jid('thing')}"`;

      expect(await asThing('set', 'register', '', tags)).toBe('');
      // It has been claimed by nobody, so there is nothing to find, to change, to give up.
      expect(await asOwner('get', 'search', '', '<strEq name="SN" value="77"/>')).toBe('<found more="false" />');
      expect(await asOwner('set', 'disown', its, '')).toBe('item-not-found');
      expect(await asOwner('set', 'mine', '', tags.replace('k77', 'K77'))).toBe('item-not-found');
      expect(await asOwner('set', 'mine', '', '<str value="nameless"/>')).toBe('bad-request');
      expect(await asOwner('set', 'mine', 'public="true"', tags)).toBe(`<claimed ${its} public="true" />`);
      expect(await thing.order('notice')).toEqual({ notice: 'claimed', by: jid('sam') });
      expect(await asOwner('set', 'update', its, '<str name="ROOM" value="12"/><str name="SN" value=""/>')).toBe('');
      expect(await asOwner('get', 'search', 'maxCount="1"', '<strMask name="ROOM" value="1*" wildcard="*"/>')).toBe(
        `<found more="false"><thing owner="${jid('sam')}" ${its}><num name="V" value="1.50" /><str name="ROOM" value="12" /></thing></found>`,
      );
      expect(await asOwner('get', 'search', '', '<numGt name="V" value="2"/>')).toBe('<found more="false" />');
      expect(await asOwner('get', 'search', '', '<strLike name="V" value="2"/>')).toBe('bad-request');
      expect(await asOwner('set', 'disown', its, '')).toBe('');
      expect(await thing.order('notice')).toMatchObject({ notice: 'disowned' });

      // As get, which another library sends.
      expect(await asThing('get', 'register', '', tags)).toBe('');
      expect(await asOwner('get', 'mine', 'public="false"', tags)).toBe(`<claimed ${its} public="false" />`);
      expect(await thing.order('notice')).toMatchObject({ notice: 'claimed' });
      expect(await asOwner('set', 'remove', its, '')).toBe('');
      expect(await thing.order('notice')).toMatchObject({ notice: 'removed' });
      expect(await asThing('set', 'unregister', '', '')).toBe('');
      expect(await asThing('set', 'steal', '', '')).toBe('feature-not-implemented');
    },
    TEST_MS,
  );
});

interface Disco {
  readonly identities: readonly unknown[];
  readonly features: readonly string[];
  readonly form: Readonly<Record<string, string>>;
}
