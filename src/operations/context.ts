import type { Access, Asker } from '../domain/access.js';
import type { Announcer } from '../domain/announcer.js';
import type { Blocks } from '../domain/block.js';
import type { AnyJid, BareJid } from '../domain/jid.js';
import type { Notifier } from '../domain/notifier.js';
import type { ClaimDigest, Clock, Ids, Store } from '../domain/ports.js';
import type { Reach } from '../domain/reach.js';
import type { Broker } from '../domain/read-out/broker.js';
import type { Timers } from '../domain/read-out/ports.js';
import type { Recorder } from '../domain/recording/recorder.js';
import type { Refusals } from '../domain/refusals.js';
import type { Registry } from '../domain/registry.js';
import type { Retention } from '../domain/retention.js';
import type { ClaimedThing, Tag, Thing } from '../domain/thing.js';
import type { TimeZone } from '../domain/time-zone.js';
import type { Units } from '../domain/units.js';
import type { Limits, Load } from './load.js';
import type { Upkeep } from './upkeep.js';

/** What operations act on. */
export interface Services {
  readonly store: Store;
  readonly access: Access;
  readonly blocks: Blocks;
  readonly refusals: Pick<Refusals, 'note'>;
  readonly broker: Pick<Broker, 'collect' | 'read' | 'requestsOf' | 'cancel'>;
  readonly units: Units;
  readonly recorder: Pick<Recorder, 'changed'>;
  readonly registry: Pick<Registry, 'claim' | 'disown' | 'remove' | 'search'>;
  /** Ends what there is with the JID of a Thing, when its last is gone. */
  readonly reach: Pick<Reach, 'forgetIfLast'>;
  /** Tells Things what they are owed. */
  readonly notifier: Pick<Notifier, 'wake'>;
  readonly digest: ClaimDigest;
  readonly ids: Ids;
  /** What is kept of readings where nothing is set for their Thing. */
  readonly retention: Required<Retention>;
  readonly upkeep: Upkeep;
  readonly load: () => Load;
  readonly limits: () => Limits;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The zone of a Thing; without one, that of the component. */
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
  /** The domain of the component: a Thing's brokered address is its id there. */
  readonly domain: BareJid;
  /** The tags of the text in the QR code of a Thing (XEP-0347 section 3.9), or what is wrong with it, without KEY. */
  readonly readIotDisco: (text: string) => { readonly tags: readonly Tag[] } | { readonly fault: string };
  /** A bare JID in stringprep form; undefined for a text that is none. */
  readonly bareJid: (text: string) => BareJid | undefined;
  /** Told of what failed after an answer was given. */
  readonly onFault: (error: unknown) => void;
}

/** Who asks, and what for. */
export interface Context {
  readonly services: Services;
  readonly asker: Asker & {
    /** For the audit trail. */
    readonly session: AnyJid;
  };
}

/** The same, of an operation on a Thing. */
export interface ThingContext extends Context {
  readonly thing: ClaimedThing;
}
