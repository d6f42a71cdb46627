import { setTimeout as delay } from 'node:timers/promises';
import type { Element } from '../../src/xmpp/element.js';
import { expectCondition, expectEqual, granted, isFull, isReport, readingsOf, summary, Unexpected } from './checks.js';
import type { Expected } from './witness.js';
import type { DeviceProcess, Person, World } from './world.js';

/** Who plays. */
export interface Cast {
  readonly world: World;
  readonly olivia: Person;
  readonly sam: Person;
  readonly workshop: DeviceProcess;
  readonly attic: DeviceProcess;
  /** Where the registry has each Thing, by name: learnt on the way. */
  readonly addresses: Map<string, string>;
}

/** One step of the tour. */
export interface Step {
  readonly title: string;
  /** What it is good for, in a sentence or two. */
  readonly why: string;
  /** Does it, and checks what came of it. @returns what came of it, in words. @throws {@link Unexpected} */
  readonly act: (cast: Cast) => Promise<string>;
  /** The stanzas that were exchanged, in order. */
  readonly exchange: readonly Expected[];
}

const about =
  (text: string) =>
  (stanza: Element): boolean =>
    String(stanza).includes(text);

/** How often Attic reports, and how often we look for it. */
const REPORT_EVERY_MS = 1000;
const REPORT_ATTEMPTS = 10;

/** THE TOUR. */
export const STEPS: readonly Step[] = [
  {
    title: 'The devices find the registry',
    why: 'Two devices have started. Each opened an account at the server and looks among its components for a Thing Registry (XEP-0030).',
    act: async ({ workshop, attic }) => {
      for (const device of [workshop, attic]) await device.iotDisco();
      return 'both found it, by the feature urn:xmpp:iot:discovery.';
    },
    exchange: [
      {
        actor: 'Workshop',
        direction: 'out',
        payload: 'query',
        fits: about('disco#items'),
        meaning: 'which components are there?',
      },
      { actor: 'Workshop', direction: 'in', payload: 'query', fits: about('disco#items'), meaning: 'this one.' },
      { actor: 'Workshop', direction: 'out', payload: 'query', fits: about('disco#info'), meaning: 'what can you do?' },
      {
        actor: 'Workshop',
        direction: 'in',
        payload: 'query',
        fits: about('disco#info'),
        meaning: 'among others, I am a Thing Registry.',
      },
    ],
  },
  {
    title: 'The devices register',
    why: 'A device tells the registry what it is. KEY is the secret between it and its owner to be: nobody can find or see it.',
    act: async ({ workshop }) => `its QR code says ${await workshop.iotDisco()}`,
    exchange: [
      { actor: 'Workshop', direction: 'out', payload: 'register', meaning: 'this is what I am.' },
      { actor: 'Workshop', direction: 'in', payload: '', type: 'result', meaning: 'noted; you have no owner yet.' },
      { actor: 'Attic', direction: 'out', payload: 'register', meaning: 'and this is what I am.' },
      { actor: 'Attic', direction: 'in', payload: '', type: 'result', meaning: 'noted.' },
    ],
  },
  {
    title: 'Olivia claims Workshop, for all to find',
    why: 'She read its QR code, and presents exactly what it registered. That she knows KEY makes her its owner.',
    act: async ({ olivia, workshop }) => {
      const claimed = granted(await olivia.client.claim(await workshop.iotDisco()), 'the claim to be granted');
      expectEqual(claimed, { jid: workshop.jid, isPublic: true }, ['jid', 'isPublic']);
      return `${claimed.jid} is hers, and public.`;
    },
    exchange: [
      { actor: 'Olivia', direction: 'out', payload: 'mine', meaning: 'the Thing with these tags is mine.' },
      { actor: 'Olivia', direction: 'in', payload: 'claimed', meaning: 'it is; this is its address.' },
      { actor: 'Workshop', direction: 'in', payload: 'claimed', meaning: 'you have an owner.' },
      { actor: 'Workshop', direction: 'out', payload: '', type: 'result', meaning: 'I have made a note of it.' },
      {
        actor: 'Workshop',
        direction: 'out',
        payload: 'update',
        meaning: 'forget my KEY: whoever copied my QR code gets nothing for it.',
      },
      { actor: 'Workshop', direction: 'in', payload: '', type: 'result', meaning: 'forgotten.' },
    ],
  },
  {
    title: 'Olivia claims Attic, for herself',
    why: "With public='false' nobody but its owner learns that it exists.",
    act: async ({ olivia, attic }) => {
      const claim = await olivia.client.claim(await attic.iotDisco(), { isPublic: false });
      const claimed = granted(claim, 'the claim to be granted');
      expectEqual(claimed, { jid: attic.jid, isPublic: false }, ['jid', 'isPublic']);
      return `${claimed.jid} is hers, and private.`;
    },
    exchange: [
      {
        actor: 'Olivia',
        direction: 'out',
        payload: 'mine',
        meaning: 'this one is mine, too, and nobody else is to know.',
      },
      { actor: 'Olivia', direction: 'in', payload: 'claimed', meaning: 'it is.' },
      { actor: 'Attic', direction: 'in', payload: 'claimed', meaning: 'you have an owner.' },
      { actor: 'Attic', direction: 'out', payload: '', type: 'result', meaning: 'I have made a note of it.' },
    ],
  },
  {
    title: 'Sam, a stranger, searches',
    why: 'Anyone who may use the registry can search for public Things by their tags, with 17 operators.',
    act: async ({ sam, workshop }) => {
      const found: string[] = [];
      for await (const { jid } of sam.client.search({ CLASS: 'Computer' })) found.push(jid);
      expectEqual(found, [workshop.jid]);
      return 'Sam finds Workshop, and not Attic.';
    },
    exchange: [
      { actor: 'Sam', direction: 'out', payload: 'search', meaning: 'which Things are computers?' },
      { actor: 'Sam', direction: 'in', payload: 'found', meaning: 'this one. (There is another, but not for Sam.)' },
    ],
  },
  {
    title: 'Olivia asks where her Things can be read',
    why: 'For each of its Things the registry has an address of its own, which answers as if it were the device.',
    act: async ({ olivia, workshop, attic, addresses, world }) => {
      for (const device of [workshop, attic]) {
        const items = granted(await olivia.client.addresses(device.jid), 'a list of addresses');
        const [item] = items;
        if (item === undefined || items.length !== 1) throw new Unexpected(`one address of ${device.name}`, items);
        addresses.set(device.name, item.jid);
        world.call(item.jid, `${device.name} at the registry`);
      }
      return [...addresses].map(([name, address]) => `${name} is at ${address}`).join(', ');
    },
    exchange: [
      {
        actor: 'Olivia',
        direction: 'out',
        payload: 'query',
        fits: about('workshop'),
        meaning: 'what do you have of this JID?',
      },
      {
        actor: 'Olivia',
        direction: 'in',
        payload: 'query',
        fits: about('workshop'),
        meaning: 'one Thing, at this address.',
      },
    ],
  },
  {
    title: 'Olivia reads Workshop at its address',
    why: 'The registry passes the request on to the device, and its answer back, and keeps what came (XEP-0323). The device answers nobody whom the registry does not vouch for.',
    act: async ({ olivia, addresses }) =>
      summary(await readingsOf(olivia.client.read(addresses.get('Workshop') ?? '', { types: ['momentary'] }))),
    exchange: [
      { actor: 'Olivia', direction: 'out', payload: 'req', meaning: 'what do you measure right now?' },
      { actor: 'Olivia', direction: 'in', payload: 'accepted', meaning: 'I will find out.' },
      { actor: 'Workshop', direction: 'in', payload: 'req', meaning: 'what do you measure right now?' },
      { actor: 'Workshop', direction: 'out', payload: 'accepted', meaning: 'just a moment.' },
      { actor: 'Workshop', direction: 'out', payload: 'fields', meaning: 'this, with units.' },
      {
        actor: 'Olivia',
        direction: 'in',
        payload: 'fields',
        fits: (stanza) => isFull(stanza),
        meaning: 'this is what it said.',
      },
      {
        actor: 'Olivia',
        direction: 'in',
        payload: 'fields',
        fits: (stanza) => !isFull(stanza),
        meaning: 'and that was all.',
      },
    ],
  },
  {
    title: 'Olivia reads Attic as a node of the registry',
    why: 'Programs that read many Things at once ask the registry itself, and name them as its nodes.',
    act: async ({ olivia, addresses, world }) => {
      const [nodeId = ''] = (addresses.get('Attic') ?? '').split('@', 1);
      const readout = olivia.client.read(world.server.domain, { types: ['status', 'computed'], nodes: [{ nodeId }] });
      const readings = await readingsOf(readout);
      const others = readings.filter(({ node }) => node.nodeId !== nodeId);
      if (others.length > 0) throw new Unexpected(`readings of the node ${nodeId}`, others);
      return summary(readings);
    },
    exchange: [
      { actor: 'Olivia', direction: 'out', payload: 'req', meaning: 'how is this one doing?' },
      { actor: 'Olivia', direction: 'in', payload: 'accepted', meaning: 'I will find out.' },
      { actor: 'Attic', direction: 'in', payload: 'req', meaning: 'how are you doing?' },
      {
        actor: 'Attic',
        direction: 'out',
        payload: 'fields',
        fits: (stanza) => !isReport(stanza),
        meaning: 'like this.',
      },
      { actor: 'Olivia', direction: 'in', payload: 'fields', fits: (stanza) => isFull(stanza), meaning: 'like this.' },
    ],
  },
  {
    title: 'Sam tries to look into Attic',
    why: 'What one may not see does not exist: for Sam, its address is like any that never was.',
    act: async ({ sam, addresses, world }) => {
      const address = addresses.get('Attic') ?? '';
      const there = await sam.client.read(address, { types: ['momentary'] }).accepted;
      expectCondition(there, 'item-not-found');
      const nowhere = await sam.client.read(`aaaaaaaaaa@${world.server.domain}`, { types: ['momentary'] }).accepted;
      expectCondition(nowhere, 'item-not-found');
      if (there.ok || nowhere.ok || there.why !== nowhere.why)
        throw new Unexpected('the same words for both', [there, nowhere]);
      return 'Sam learns nothing.';
    },
    exchange: [
      { actor: 'Sam', direction: 'out', payload: 'req', meaning: 'what do you measure? (Sam guessed the address.)' },
      { actor: 'Sam', direction: 'in', payload: 'error', meaning: 'there is nothing here.' },
    ],
  },
  {
    title: 'Sam tries to read Workshop',
    why: 'Public means that everyone can find it, not that everyone can read it: that is for its owner to share.',
    act: async ({ sam, addresses }) => {
      expectCondition(await sam.client.read(addresses.get('Workshop') ?? '', {}).accepted, 'forbidden');
      return 'Sam may not.';
    },
    exchange: [
      { actor: 'Sam', direction: 'out', payload: 'req', meaning: 'what do you measure?' },
      { actor: 'Sam', direction: 'in', payload: 'error', meaning: 'that is not for you.' },
    ],
  },
  {
    title: 'Olivia asks for history',
    why: 'What was read before is kept, with its units and flags, and is answered from the store: the device may be off line.',
    act: async ({ olivia, addresses }) => {
      const readings = await readingsOf(
        olivia.client.history(addresses.get('Workshop') ?? '', { fields: ['Memory, Used'] }),
      );
      const [first] = readings;
      if (first === undefined || ![...first.fieldTypes].every((type) => type.startsWith('historical'))) {
        throw new Unexpected('the reading of before, as historical', readings);
      }
      return summary(readings);
    },
    exchange: [
      { actor: 'Olivia', direction: 'out', payload: 'req', meaning: 'what was its memory like so far?' },
      { actor: 'Olivia', direction: 'in', payload: 'accepted', meaning: 'I will look it up.' },
      { actor: 'Olivia', direction: 'in', payload: 'fields', fits: (stanza) => isFull(stanza), meaning: 'like this.' },
    ],
  },
  {
    title: 'Attic reports of itself',
    why: 'A device need not wait to be asked. What it reports stays on its own disk until the registry says that it has it (XEP-0184).',
    act: async ({ olivia, addresses }) => {
      const address = addresses.get('Attic') ?? '';
      for (let attempt = 0; attempt < REPORT_ATTEMPTS; attempt++) {
        const readings = await olivia.client.history(address, { fields: ['Uptime'] }).all();
        if (readings.readings.length > 0) return `kept: ${summary(readings.readings)}`;
        await delay(REPORT_EVERY_MS);
      }
      throw new Unexpected('a report of Attic in its history', 'none');
    },
    exchange: [
      {
        actor: 'Attic',
        direction: 'out',
        payload: 'fields',
        fits: isReport,
        meaning: 'this is what I measure; have you got it?',
      },
      { actor: 'Attic', direction: 'in', payload: 'received', meaning: 'I have; it is on disk.' },
    ],
  },
  {
    title: 'Olivia reads on the command line, in another unit',
    why: 'The units of readings are understood (UCUM), and conversions are exact.',
    act: async ({ olivia, addresses }) => {
      const [id = ''] = (addresses.get('Workshop') ?? '').split('@', 1);
      const args = ['read', id, '--historical', '--field', 'Memory, Used', '--unit', 'GB'];
      const printed = await olivia.run(args);
      if (!/Memory, Used = [\d.]+ GB/.test(printed)) throw new Unexpected('readings in GB', printed);
      return `$ thingstead ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}\n${printed}`;
    },
    exchange: [],
  },
];
