import type { Element } from './element.js';
import { createIqRouting } from './iq-routing.js';
import { type Jid, parseJid } from './jid.js';
import type { Log } from './log.js';
import { createMessageRouting } from './message-routing.js';
import { createPresenceRouting } from './presence-routing.js';
import type { Presence, Protocol } from './protocol.js';
import { type StanzaError, stanzaError } from './stanza-error.js';

export interface RouterOptions<Target> {
  readonly domain: string;
  /** THE TABLE: what is answered, and by whom. */
  readonly protocols: readonly Protocol<Target>[];
  /** Who may use the component at all. */
  readonly mayUse: (from: Jid) => boolean;
  /** What a local part of our domain is to the asker; undefined where that is nothing, or nothing that it may see. */
  readonly resolve: (local: string, from: Jid) => Promise<Target | undefined>;
  /** Told after the answer to a stanza for an address that is nothing to the sender. */
  readonly onUnresolved: (from: Jid, to: Jid, asked: string) => void;
  readonly onPresence: (presence: Presence<Target>) => Promise<void>;
  /** Takes an IQ of type result or error. */
  readonly onReply: (stanza: Element) => void;
  /** Why nothing but the open routes is served now, where that is so. */
  readonly closed: () => StanzaError | undefined;
  /** What to tell the sender of a failure that is no bug of ours, such as a full disk. */
  readonly explain: (error: unknown) => StanzaError | undefined;
  readonly send: (stanza: Element) => boolean;
  readonly log: Log;
}

export interface Router {
  /** Deals with one stanza; never throws. The promise resolves when all that follows from it is done. */
  receive(stanza: Element): Promise<void>;
}

/** The two ends of a stanza, in stringprep form. */
export interface Parties {
  readonly from: Jid;
  readonly to: Jid;
}

/** The one answer for what is not there and what one may not see. */
export const NOTHING_HERE = stanzaError('item-not-found', 'There is nothing at this address.');

/** What the address of a stanza is to its sender: the domain, a target, or (undefined) nothing. */
export async function locate<Target>(
  { resolve }: RouterOptions<Target>,
  { from, to }: Parties,
): Promise<{ readonly target?: Target } | undefined> {
  if (to.local === '') return {};
  const target = await resolve(to.local, from);
  return target === undefined ? undefined : { target };
}

/**
 * Gives each stanza to the protocol that understands it. Whether an address with a local part is anything to the sender
 * is decided here, before any protocol is asked: what one may not see does not exist (DESIGN section 2).
 */
export function createRouter<Target>(options: RouterOptions<Target>): Router {
  const receivers: Readonly<Record<string, (stanza: Element, parties: Parties) => Promise<void>>> = {
    iq: createIqRouting(options),
    message: createMessageRouting(options),
    presence: createPresenceRouting(options),
  };

  return {
    async receive(stanza) {
      const from = parseJid(String(stanza.attrs['from'] ?? ''));
      const to = parseJid(String(stanza.attrs['to'] ?? ''));
      if (from === undefined || to?.domain !== options.domain) {
        options.log.debug({ stanza: stanza.name, id: stanza.attrs['id'] }, 'dropped: not from a JID, or not to us');
        return;
      }
      await receivers[stanza.getName()]?.(stanza, { from, to });
    },
  };
}
