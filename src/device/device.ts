import { EventEmitter } from 'node:events';
import { withIdentity } from '../client/session/identity.js';
import { createSession, type Session, type Started } from '../client/session/session.js';
import { readTags, type TagValues } from '../client/tag-values.js';
import { type BareJid, reachable } from '../domain/jid.js';
import type { Sample } from '../domain/read-out/report.js';
import type { Field, NodeName } from '../domain/reading.js';
import type { Tag } from '../domain/thing.js';
import { writeIotDisco } from '../xep/0347-registry/iot-disco.js';
import type { Reply } from '../xmpp/caller.js';
import { type Element, element } from '../xmpp/element.js';
import { type FullJid, parseJid } from '../xmpp/jid.js';
import type { Log } from '../xmpp/log.js';
import type { Device, DeviceEvents, DeviceOptions, Reported } from './api.js';
import type { Readings } from './asked.js';
import { createForwarder, type Forwarder } from './forwarder.js';
import { createFriends, type Friends } from './friends.js';
import { noticesProtocol } from './notices.js';
import { createOwnership, type Ownership, type OwnershipEvents } from './ownership.js';
import { createPusher, type Pushed, type Pusher } from './push.js';
import type { Queue } from './queue.js';
import { createReadouts } from './readouts.js';
import { createRegistrar, type Registrar } from './registrar.js';
import { memoryState } from './state.js';

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
  readonly #pusher: Pusher;
  readonly #readouts;
  readonly #queue: Queue | undefined;
  readonly #forwarder: Forwarder | undefined;

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
    this.#queue = options.queue;
    this.#forwarder = options.queue && this.#createForwarder(options.queue);
    // XEP-0347 section 3.17: a Thing without owner is no longer its former owner's friend.
    this.on('disowned', ({ formerOwner }) => {
      this.#queue?.clear(); // it was for its former owner's eyes
      if (formerOwner !== undefined) send(element('presence', { type: 'unsubscribed', to: formerOwner }));
    });
  }

  #createForwarder(queue: Queue): Forwarder {
    const forwarder = createForwarder({
      queue,
      pusher: this.#pusher,
      ownership: this.#ownership,
      registry: () => (this.#session.jid === undefined ? undefined : this.#registrar.registry),
      onRefused: (error) => this.#events.emit('refused', { error }),
      onStranger: () => void this.#registrar.register(),
    });
    this.on('claimed', () => forwarder.wake());
    return forwarder;
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

  report(readings: readonly Field[] | Readings): Reported {
    const { owner, removed } = this.#ownership;
    if (this.#queue === undefined) throw new TypeError('report needs a queue: give createDevice one');
    if (owner === undefined || removed) return { outcome: 'no-owner' };
    try {
      const count = this.#queue.add(owner, [this.#sample(readings)]);
      if (count > 0) this.#events.emit('dropped', { count });
    } catch (error) {
      return { outcome: 'not-kept', why: error instanceof Error ? error.message : String(error) };
    }
    this.#forwarder?.wake();
    return { outcome: 'kept' };
  }

  async push(readings: readonly Field[] | Readings): Promise<Pushed> {
    const { registry } = this.#registrar;
    return registry === undefined ? { outcome: 'silent' } : this.#pusher.push(registry, [this.#sample(readings)]);
  }

  #sample(readings: readonly Field[] | Readings): Sample {
    const { fields, at = new Date() }: Readings = 'fields' in readings ? readings : { fields: readings };
    return { node: this.#node, at: { ms: at.getTime(), offsetMinutes: 0 }, fields };
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
    this.#forwarder?.stop();
    this.#readouts.stop();
    this.#session.send(element('presence', { type: 'unavailable' }));
    await this.#session.stop();
  }

  /** The registry first: what comes with our presence is judged by who it is from. */
  async #begin(): Promise<void> {
    await this.#registrar.find();
    this.#session.send(element('presence'));
    await this.#registrar.register();
    if (this.#session.jid === undefined) return;
    this.#forwarder?.wake();
    this.#events.emit('online');
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
