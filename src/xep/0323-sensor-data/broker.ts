import { randomInt } from 'node:crypto';
import type { Access } from '../../domain/access.js';
import { type AnyJid, type BareJid, reachable } from '../../domain/jid.js';
import type { Clock, Store } from '../../domain/ports.js';
import { BROKER_SETTINGS, type Broker, type BrokerSettings, createBroker } from '../../domain/read-out/broker.js';
import type { Timers } from '../../domain/read-out/ports.js';
import { createSequenceNumbers } from '../../domain/read-out/sequence-numbers.js';
import type { Sessions } from '../../domain/sessions.js';
import type { ClaimedThing, Thing } from '../../domain/thing.js';
import type { TimeZone } from '../../domain/time-zone.js';
import type { Units } from '../../domain/units.js';
import type { Caller } from '../../xmpp/caller.js';
import type { Element } from '../../xmpp/element.js';
import { parseJid } from '../../xmpp/jid.js';
import type { Log } from '../../xmpp/log.js';
import { createDevices } from './devices.js';
import { createReaders } from './readers.js';

export interface XmppBrokerDeps {
  readonly domain: BareJid;
  readonly store: Pick<Store, 'things' | 'readings' | 'queue'>;
  readonly access: Access;
  readonly sessions: Sessions;
  /** Told once of a Thing whose times are so many minutes ahead of the clock, for its owner to know. */
  readonly clockMistaken: (thing: ClaimedThing, minutes: number) => void;
  /** Told that a Thing has spoken from here. */
  readonly heard: (from: AnyJid) => Promise<void>;
  readonly caller: Caller;
  readonly clock: Clock;
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
  readonly units: Units;
  readonly send: (stanza: Element) => boolean;
  /** Resolves when the connection can take more. */
  readonly drained: () => Promise<void>;
  readonly settings?: BrokerSettings;
  readonly log: Log;
  readonly onFault: (error: unknown) => void;
}

/** The broker of read-outs, with XMPP for its devices and readers. */
export function createXmppBroker(deps: XmppBrokerDeps): Broker {
  const { domain, store, caller, send, drained, onFault } = deps;
  return createBroker({
    ...deps,
    devices: createDevices(caller, domain),
    readers: createReaders(caller, send, drained),
    timers: TIMERS,
    numbers: createSequenceNumbers((below) => randomInt(below)),
    bareJid: (text) => {
      const jid = parseJid(text);
      return jid?.resource === '' ? jid.bare : undefined;
    },
    zoneMistaken(thing, minutes) {
      deps.log.warn({ thing: thing.ownership.id, minutes }, 'the times of a Thing look like those of another zone');
      deps.clockMistaken(thing, minutes);
    },
    spoke: (thing, session) => void speak(store, deps, thing, session).catch(onFault),
    settings: deps.settings ?? BROKER_SETTINGS,
  });
}

/** Those of this process. */
export const TIMERS: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Notices and questions go first to the session that last spoke for a Thing. Written only where it is another. */
async function speak(
  { things }: Pick<Store, 'things'>,
  { heard, clock }: Pick<XmppBrokerDeps, 'heard' | 'clock'>,
  { address, ownership, spokeFrom }: ClaimedThing,
  from: AnyJid,
): Promise<void> {
  const session = reachable(from);
  if (session === undefined) return;
  if (session !== spokeFrom) {
    await things.changeAt(address, ({ thing }) => {
      const isNews = thing?.ownership?.id === ownership.id && thing.spokeFrom !== session;
      if (!isNews) return { outcome: undefined, writes: [] };
      return {
        outcome: undefined,
        writes: [{ write: 'thing', thing: { ...thing, spokeFrom: session }, at: clock.now() }],
      };
    });
  }
  await heard(session);
}
