import type { Element } from './element.js';
import type { AnyJid, Jid } from './jid.js';
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
  /** Payloads that some peers put into the result of an IQ instead of a message; they are dealt with as if in one. */
  readonly results?: readonly MessageRoute<Target>[];
  /** What service discovery is to say of nodes of this protocol's own (XEP-0030 sections 3 and 4). */
  readonly nodes?: Nodes<Target>;
  /** A message of ours came back as an error. */
  readonly bounced?: (from: Jid, to: Jid, error: StanzaError, stanza: Element) => void;
}

/** Nodes of service discovery at our addresses. Undefined: it is no node of this protocol there. */
export interface Nodes<Target> {
  info(query: NodeQuery<Target>): Promise<NodeInfo | StanzaError | undefined>;
  /** Whole: such lists are short. */
  items(query: NodeQuery<Target>): Promise<readonly NodeItem[] | StanzaError | undefined>;
}

export interface NodeQuery<Target> {
  readonly node: string;
  /** Whoever asks; info is also asked by those who may not use the component. */
  readonly from: Jid;
  readonly to: Jid;
  readonly target?: Target;
}

export interface NodeInfo {
  readonly identities: readonly { readonly category: string; readonly type: string; readonly name?: string }[];
  readonly features: readonly string[];
}

export interface NodeItem {
  readonly jid: AnyJid;
  readonly node: string;
  readonly name: string;
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
  /**
   * Puts an error into the protocol's own words, whoever refused. It knows the request alone, so that what it says tells
   * nothing of what is there.
   */
  readonly refuse?: (payload: Element, error: StanzaError) => StanzaError;
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
