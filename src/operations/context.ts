import type { Access, Asker } from '../domain/access.js';
import type { AnyJid, BareJid } from '../domain/jid.js';
import type { Notifier } from '../domain/notifier.js';
import type { Clock, Ids, Store } from '../domain/ports.js';
import type { Broker } from '../domain/read-out/broker.js';
import type { Timers } from '../domain/read-out/ports.js';
import type { Recorder } from '../domain/recording/recorder.js';
import type { Retention } from '../domain/retention.js';
import type { ClaimedThing, Thing } from '../domain/thing.js';
import type { TimeZone } from '../domain/time-zone.js';

/** What operations act on. */
export interface Services {
  readonly store: Store;
  readonly access: Access;
  readonly broker: Pick<Broker, 'collect'>;
  readonly recorder: Pick<Recorder, 'changed'>;
  /** Tells Things what they are owed. */
  readonly notifier: Pick<Notifier, 'wake'>;
  readonly ids: Pick<Ids, 'notice'>;
  /** What is kept of readings where nothing is set for their Thing. */
  readonly retention: Required<Retention>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The zone of a Thing; without one, that of the component. */
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
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
