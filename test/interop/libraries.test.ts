import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from '../integration/harness/client.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { until } from '../integration/harness/until.js';
import { LIBRARIES } from './libraries.js';
import { type LibraryAccount, openAccount, type Tags } from './library-account.js';
import { canRun } from './programs.js';

const PASSWORD = 'correct-horse';
/** Beyond the 3 s after which a device that is silent is woken, which one of the libraries needs. */
const DEADLINE_S = 6;
const TEST_MS = 90_000;
const TEMPERATURE = { name: 'Temperature', value: '21.50', unit: '°C', momentary: 'true' };
/** The reader of slixmpp tells that it was refused, and not by which condition. */
const refusal = (condition: string) => expect.stringMatching(new RegExp(`^(${condition}|rejected)$`));

let server: Server;
let component: ComponentUnderTest;

beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: String(DEADLINE_S) } });
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
});

// What anyone does with a registry of Things, device and people alike, each time by a library that knows nothing of us; and
// then what goes wrong. The libraries go at once: most of the time one waits for the other end.
for (const [number, library] of LIBRARIES.entries()) {
  describe.skipIf(!canRun(library.probe)).concurrent(library.name, () => {
    const user = (role: string) => `${role}${number}`;
    const jid = (role: string) => `${user(role)}@${server.host}`;
    const tags: Tags = { SN: `sn-${number}`, MAN: 'example.org', KEY: `key-${number}` };
    let device: LibraryAccount;
    let owner: LibraryAccount;
    let stranger: LibraryAccount;
    let address: string;

    async function open(role: string): Promise<LibraryAccount> {
      await (await connectClient(server, user(role), { password: PASSWORD })).stop(); // there is an account now
      return openAccount(library, server, user(role), PASSWORD);
    }

    beforeAll(async () => {
      [device, owner, stranger] = await Promise.all([open('device'), open('owner'), open('stranger')]);
    }, TEST_MS);
    afterAll(async () => {
      await Promise.all([device, owner, stranger].map((account) => account?.stop()));
    });

    /** One life, in the order in which it is lived. */
    test(
      'registers, claims, searches, reads; is refused, kept waiting, cut off',
      async () => {
        await life();
        await refusals();
        await faultsOfTheDevice();
        await endsInTheMiddle();
      },
      TEST_MS,
    );

    async function life(): Promise<void> {
      expect(await device.register(tags)).toEqual({});
      expect(await owner.claim(tags)).toEqual({ jid: jid('device') });
      expect(await device.claimed()).toEqual({ by: jid('owner') });
      const { KEY: _, ...public_ } = tags;
      expect(await stranger.search(public_)).toEqual({ things: [jid('device')] });
      const { addresses } = await owner.addresses(jid('device'));
      expect(addresses).toEqual([expect.stringMatching(new RegExp(`^[a-z2-7]{10}@${server.domain}$`))]);
      [address = ''] = addresses;
      expect(await owner.read(address)).toMatchObject({ fields: [expect.objectContaining(TEMPERATURE)], failures: [] });
      // As some libraries read from full JIDs alone, any resource will do.
      expect(await owner.read(`${address}/any`)).toMatchObject({ fields: [expect.objectContaining(TEMPERATURE)] });
      expect([await owner.ping(address), await stranger.ping(server.domain)]).toEqual([{}, {}]);
    }

    async function refusals(): Promise<void> {
      expect(await device.register({ 'NO:TAG': '1' })).toEqual({ error: 'bad-request' });
      expect(await stranger.claim({ ...tags, KEY: 'no such key' })).toEqual({ error: 'item-not-found' });
      expect(await stranger.read(address)).toMatchObject({ error: refusal('forbidden') });
      for (const wrong of ['aaaaaaaaaa', 'no-id-at-all']) {
        expect(await owner.read(`${wrong}@${server.domain}`)).toMatchObject({ error: refusal('item-not-found') });
        expect(await owner.ping(`${wrong}@${server.domain}`)).toEqual({ error: 'item-not-found' });
      }
      expect(await owner.addresses('nobody@nowhere.example')).toEqual({ error: 'item-not-found' });
    }

    async function faultsOfTheDevice(): Promise<void> {
      await device.serve('refuse');
      expect(await owner.read(address)).toMatchObject({
        fields: [],
        failures: [expect.stringContaining('Access denied')],
      });
      await device.serve('silent');
      expect(await owner.read(address)).toMatchObject({
        fields: [],
        failures: [expect.stringContaining(`within ${DEADLINE_S} s`)],
      });
      await device.serve('good');
      expect(await owner.read(address)).toMatchObject({ failures: [], fields: [expect.objectContaining(TEMPERATURE)] });
    }

    async function endsInTheMiddle(): Promise<void> {
      await device.serve('begin');
      const reading = owner.read(address);
      await owner.arrived();
      await device.kill();
      const { fields, failures } = await reading;
      expect([fields.length, failures.length]).toEqual([1, 1]);

      // As every device does when it starts. Of a session that a server keeps for a while, for its client to come back to
      // (XEP-0198: aioxmpp), nobody can know that the client will not.
      device = await open('device');
      expect(await device.register(tags)).toEqual({});
      await device.serve('begin');
      void owner.read(address);
      await owner.arrived();
      await owner.kill();
      await device.serve('good');
      owner = await open('owner');
      expect(await owner.read(address)).toMatchObject({ failures: [], fields: [expect.objectContaining(TEMPERATURE)] });
      await until(() => component.isReady(), 'the component is well');
    }
  });
}
