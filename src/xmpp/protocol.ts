import type { Element } from './element.js';
import type { Jid } from './jid.js';
import type { StanzaError } from './stanza-error.js';

/**
 * What one protocol contributes: which elements it answers, and what service discovery says of it. The router knows
 * nothing else of any protocol. `Target` is what a local part of our domain stands for to the one who asks.
 */
export interface Protocol<Target> {
  /** For the log: `0347-registry`. */
  readonly name: string;
  /** Features in disco#info of the domain and of an address with a local part. */
  readonly features: { readonly domain: readonly string[]; readonly local: readonly string[] };
  readonly iqs?: readonly IqRoute<Target>[];
  readonly messages?: readonly MessageRoute<Target>[];
  /** A message of ours came back as an error. */
  readonly bounced?: (from: Jid, to: Jid, error: StanzaError, stanza: Element) => void;
}

export interface IqRoute<Target> {
  readonly xmlns: string;
  readonly name: string;
  /** Types of request that are understood; others are a bad request. */
  readonly types: readonly ('get' | 'set')[];
  /** Answered also to those who may not use the component. */
  readonly open?: boolean;
  readonly at: At;
  readonly handle: (request: IqRequest<Target>) => Promise<Answer>;
}

/** Where an element is understood: at the domain, at an address with a local part, or at both. */
export type At = 'domain' | 'local' | 'both';

export interface IqRequest<Target> {
  readonly id: string;
  readonly type: 'get' | 'set';
  readonly from: Jid;
  /** Whom it was sent to; the answer comes from exactly this address. */
  readonly to: Jid;
  readonly payload: Element;
  /** Absent at the domain. */
  readonly target?: Target;
}

/** An answer, and what is to happen once it has been handed to the connection: never before, and not if there is none. */
export type Answer = ({ readonly result: Element | undefined } | { readonly error: StanzaError }) & {
  readonly after?: () => void | Promise<void>;
};

export interface MessageRoute<Target> {
  readonly xmlns: string;
  readonly name: string;
  readonly at: At;
  /** Deals with one payload of a message. A returned error is sent to the sender, unless the message was one itself. */
  readonly handle: (message: Message<Target>) => Promise<StanzaError | undefined>;
}

export interface Message<Target> {
  readonly id: string | undefined;
  readonly from: Jid;
  readonly to: Jid;
  /** The whole stanza, for payloads that belong together (XEP-0184). */
  readonly stanza: Element;
  readonly payload: Element;
  readonly target?: Target;
}

export type PresenceType =
  | 'available'
  | 'unavailable'
  | 'subscribe'
  | 'subscribed'
  | 'unsubscribe'
  | 'unsubscribed'
  | 'probe'
  | 'error';

export interface Presence<Target> {
  readonly type: PresenceType;
  readonly from: Jid;
  readonly to: Jid;
  readonly stanza: Element;
  readonly target?: Target;
}
