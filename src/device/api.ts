import type { Account, Started } from '../client/session/session.js';
import type { TagValues } from '../client/tag-values.js';
import type { Field, NodeName } from '../domain/reading.js';
import type { Reply } from '../xmpp/caller.js';
import type { Element } from '../xmpp/element.js';
import type { Log } from '../xmpp/log.js';
import type { StanzaError } from '../xmpp/stanza-error.js';
import type { Read, Readings } from './asked.js';
import type { OwnershipEvents } from './ownership.js';
import type { Pushed } from './push.js';
import type { Queue } from './queue.js';
import type { StateStore } from './state.js';

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
  /** Where readings wait that it reports while it is off line: `folderQueue('sensor-queue')`. */
  readonly queue?: Queue;
  readonly log?: Log;
  /** Shown every stanza, secrets and all. */
  readonly onTraffic?: (direction: 'in' | 'out', stanza: Element) => void;
}

export interface DeviceEvents extends OwnershipEvents {
  online: [];
  offline: [{ readonly reason: string }];
  /** So many of the oldest reports were lost, as more were waiting than the queue holds. */
  dropped: [{ readonly count: number }];
  /** The registry will never take one of the reports, which is lost. */
  refused: [{ readonly error: StanzaError }];
}

export type Reported =
  /** On disk; it will be sent until the registry has it. */
  | { readonly outcome: 'kept' }
  /** Nobody owns the device, so there is nobody to keep it for. */
  | { readonly outcome: 'no-owner' }
  | { readonly outcome: 'not-kept'; readonly why: string };

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
  /** Keeps readings on disk until the registry has them, on line or off. It needs a `queue`. */
  report(readings: readonly Field[] | Readings): Reported;
  /** Sends readings that nobody asked for to the registry, to be kept there, now or not at all. */
  push(readings: readonly Field[] | Readings): Promise<Pushed>;
  /** Changes what it says of itself, once it is claimed; '' removes a tag. */
  update(tags: TagValues): Promise<Reply>;
  /** Begins anew after a removal, as at the press of a reset button. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}
