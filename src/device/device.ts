import { EventEmitter } from 'node:events';
import { withIdentity } from '../client/session/identity.js';
import { type Account, createSession, type Session, type Started } from '../client/session/session.js';
import { readTags, type TagValues } from '../client/tag-values.js';
import { type BareJid, reachable } from '../domain/jid.js';
import type { Field, NodeName } from '../domain/reading.js';
import type { Tag } from '../domain/thing.js';
import { writeIotDisco } from '../xep/0347-registry/iot-disco.js';
import type { Reply } from '../xmpp/caller.js';
import { type Element, element } from '../xmpp/element.js';
import { type FullJid, parseJid } from '../xmpp/jid.js';
import type { Log } from '../xmpp/log.js';
import { createFriends, type Friends } from './friends.js';
import { noticesProtocol } from './notices.js';
import { createOwnership, type Ownership, type OwnershipEvents } from './ownership.js';
import { createPusher, type Pushed } from './push.js';
import { createReadouts, type Read, type Readings } from './readouts.js';
import { createRegistrar, type Registrar } from './registrar.js';
import { memoryState, type StateStore } from './state.js';

export interface DeviceOptions {
  readonly account: Account;
  /** At least one; with KEY, these are what its first owner has to know. KEY given here is one that is printed on it. */
  readonly tags: TagValues;
  readonly read: Read;
  /** Where it remembers its KEY and its owner: `fileState('sensor.json')`. Without one it begins anew each time. */
  readonly state?: StateStore;
  /** The registry's address; looked for at the account's server unless told. */
  readonly registry?: string;
  /** Whether it is its own owner: public, and readable by all (XEP-0347 section 3.7). */
  readonly selfOwned?: boolean;
  /** What it is called behind a concentrator. Nothing, for a device that has an account of its own. */
  readonly node?: Partial<NodeName>;
  readonly log?: Log;
  /** Shown every stanza, secrets and all. */
  readonly onTraffic?: (direction: 'in' | 'out', stanza: Element) => void;
}

export interface DeviceEvents extends OwnershipEvents {
  online: [];
  offline: [{ readonly reason: string }];
}

/** A Thing: registered, claimed, read (XEP-0347, XEP-0323). */
export interface Device {
  /** The text for its QR code: who has it can claim the device. */
  readonly iotDisco: string;
  /** The bare JID of its owner, if it knows of one. */
  readonly owner: string | undefined;
  readonly isPublic: boolean | undefined;
  /** Whether its owner took it out of the registry. */
  readonly removed: boolean;
  readonly registry: string | undefined;
  /** Its full JID while it is on line. */
  readonly jid: string | undefined;
  on<E extends keyof DeviceEvents>(event: E, listener: (...details: DeviceEvents[E]) => void): Device;
  /** Goes on line and stays there. Resolves when it is, or with why it cannot be: a wrong password, no encryption. */
  start(): Promise<Started>;
  /** Sends readings that nobody asked for to the registry, to be kept. */
  push(readings: readonly Field[] | Readings): Promise<Pushed>;
  /** Changes what it says of itself, once it is claimed; '' removes a tag. */
  update(tags: TagValues): Promise<Reply>;
  /** Begins anew after a removal, as at the press of a reset button. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Makes a device.
 *
 *     const device = createDevice({
 *       account: { jid: 'sensor@example.org', password, register: true },
 *       tags: { SN: '39487', MAN: 'example.org', MODEL: 'Thermometer', V: 1.2 },
 *       state: fileState('sensor.json'),
 *       read: async () => [field.numeric('Temperature', await measure(), '°C')],
 *     });
 *     device.on('claimed', ({ owner }) => console.log(`belongs to ${owner}`));
 *     await device.start();
 *     console.log(device.iotDisco);
 *
 * It answers its registry, its owner, and those of whom the registry says that they may read it; nobody else.
 *
 * @throws TypeError for options that cannot be, and what `state` throws.
 */
export function createDevice(options: DeviceOptions): Device {
  return new ThingDevice(options);
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

class ThingDevice implements Device {
  readonly #events = new EventEmitter<DeviceEvents>();
  readonly #node: NodeName;
  readonly #tags: readonly Tag[];
  readonly #selfOwned: boolean;
  readonly #session: Session;
  readonly #ownership: Ownership;
  readonly #registrar: Registrar;
  readonly #friends: Friends;
  readonly #pusher;
  readonly #readouts;

  constructor(options: DeviceOptions) {
    const { account, log = SILENT, onTraffic } = options;
    const { KEY: key, ...tags } = upperCased(options.tags);
    this.#tags = readTags(tags);
    if (this.#tags.length === 0) throw new TypeError('a Thing without tags cannot be claimed: give it a serial number');
    this.#node = { nodeId: '', sourceId: '', cacheType: '', ...options.node };
    this.#selfOwned = options.selfOwned ?? false;

    const emit = <E extends keyof OwnershipEvents>(event: E, ...details: OwnershipEvents[E]): void => {
      const events: EventEmitter = this.#events; // whose typings lose track of generic events
      events.emit(event, ...details);
    };
    const fixedKey = key === undefined ? undefined : String(key);
    this.#ownership = createOwnership(options.state ?? memoryState(), fixedKey, bareJid, emit, log);
    this.#registrar = createRegistrar({
      session: () => this.#session,
      registry: options.registry === undefined ? undefined : readRegistry(options.registry),
      tags: this.#tags,
      node: this.#node,
      selfOwned: this.#selfOwned,
      ownership: this.#ownership,
      log,
    });
    this.#friends = createFriends({
      session: () => this.#session,
      registrar: () => this.#registrar,
      ownership: this.#ownership,
    });
    const send = (stanza: Element): boolean => this.#session.send(stanza);
    this.#pusher = createPusher(send);
    this.#readouts = createReadouts({ read: options.read, node: this.#node, friends: this.#friends, send, log });
    const notices = noticesProtocol({
      node: this.#node,
      isRegistry: this.#friends.isRegistry,
      ownership: this.#ownership,
      registrar: this.#registrar,
      leave: () => this.#leaveRegistry(),
    });
    const name = String(tags['NAME'] ?? tags['SN'] ?? tags['MODEL'] ?? 'Thing');
    this.#session = createSession({
      account,
      name: 'thing',
      protocols: withIdentity({ category: 'device', type: 'sensor', name }, [
        notices,
        this.#readouts.protocol,
        this.#friends.protocol,
        this.#pusher.protocol,
      ]),
      onPresence: (presence) => this.#friends.onPresence(presence),
      onOnline: () => void this.#begin(),
      onOffline: (reason) => {
        this.#readouts.stop();
        this.#pusher.offline();
        this.#events.emit('offline', { reason });
      },
      patient: true,
      log,
      ...(onTraffic !== undefined && { onTraffic }),
    });
    // XEP-0347 section 3.17: a Thing without owner is no longer its former owner's friend.
    this.on('disowned', ({ formerOwner }) => {
      if (formerOwner !== undefined) send(element('presence', { type: 'unsubscribed', to: formerOwner }));
    });
  }

  get iotDisco(): string {
    const key: Tag = { name: 'KEY', kind: 'str', value: this.#ownership.key };
    return writeIotDisco([...this.#tags, key]);
  }

  get owner(): string | undefined {
    return this.#ownership.owner;
  }

  get isPublic(): boolean | undefined {
    return this.#ownership.isPublic;
  }

  get removed(): boolean {
    return this.#ownership.removed;
  }

  get registry(): string | undefined {
    return this.#registrar.registry;
  }

  get jid(): string | undefined {
    return this.#session.jid;
  }

  on<E extends keyof DeviceEvents>(event: E, listener: (...details: DeviceEvents[E]) => void): Device {
    const events: EventEmitter = this.#events;
    events.on(event, listener);
    return this;
  }

  start(): Promise<Started> {
    return this.#session.start();
  }

  async push(readings: readonly Field[] | Readings): Promise<Pushed> {
    const { registry } = this.#registrar;
    if (registry === undefined) return { outcome: 'silent' };
    const { fields, at = new Date() }: Readings = 'fields' in readings ? readings : { fields: readings };
    return this.#pusher.push(registry, [{ node: this.#node, at: { ms: at.getTime(), offsetMinutes: 0 }, fields }]);
  }

  update(tags: TagValues): Promise<Reply> {
    return this.#registrar.update(readTags(upperCased(tags)));
  }

  async reset(): Promise<void> {
    this.#ownership.reset();
    await this.#registrar.register();
  }

  async stop(): Promise<void> {
    this.#registrar.stop();
    this.#readouts.stop();
    this.#session.send(element('presence', { type: 'unavailable' }));
    await this.#session.stop();
  }

  /** The registry first: what comes with our presence is judged by who it is from. */
  async #begin(): Promise<void> {
    await this.#registrar.find();
    this.#session.send(element('presence'));
    await this.#registrar.register();
    if (this.#session.jid !== undefined) this.#events.emit('online');
  }

  #leaveRegistry(): void {
    const { registry } = this.#registrar;
    if (registry === undefined) return;
    this.#session.send(element('presence', { type: 'unsubscribed', to: registry }));
    this.#session.send(element('presence', { type: 'unsubscribe', to: registry }));
  }
}

function upperCased(tags: TagValues): TagValues {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toUpperCase(), value]));
}

function readRegistry(text: string): FullJid {
  const jid = parseJid(text);
  const registry = jid && reachable(jid.full);
  if (registry === undefined) throw new TypeError(`"${text}" is no address of a registry, such as things.example.org`);
  return registry;
}

function bareJid(text: string): BareJid | undefined {
  return parseJid(text)?.bare;
}
