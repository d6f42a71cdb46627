import type { BareJid, FullJid } from './jid.js';

/**
 * What a Thing is called (XEP-0347 section 3.8): the JID that it speaks from and, behind a concentrator, the triple that
 * tells it from the others there. The three are empty for a Thing that is itself the XMPP client: it *stands alone*.
 */
export interface ThingAddress {
  readonly jid: BareJid;
  readonly nodeId: string;
  readonly sourceId: string;
  readonly cacheType: string;
}

/** A string tag's value is in NFC; a numeric one keeps the digits that it came with beside its xs:double value. */
export type Tag =
  | { readonly name: string; readonly kind: 'str'; readonly value: string }
  | { readonly name: string; readonly kind: 'num'; readonly value: number; readonly text: string };

/** Ten characters of lower-case base32, unguessable: the name of an ownership in node ids, commands, URLs and logs. */
export type OwnershipId = string & { readonly __ownership: true };

/** With whom a Thing is shared: a bare JID, a domain (`@` and its name) or everyone (`*`). */
export type Audience = BareJid | `@${string}` | '*';

/** The time in which a Thing is one owner's. Shares and readings hang on it, not on the Thing. */
export interface Ownership {
  readonly id: OwnershipId;
  readonly owner: BareJid;
  readonly isPublic: boolean;
  /** Registered by the Thing as its own (XEP-0347 section 3.7): owned by its own JID, public, readable by all. */
  readonly selfOwned: boolean;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly sharedWith: readonly Audience[];
  /** The IANA name of the zone in which its times without one are; that of the component, unless set. */
  readonly zone?: string;
  readonly offer?: Offer;
}

/** An owner's word that somebody may take the Thing over. */
export interface Offer {
  readonly to: BareJid;
  /** Whether the readings go with it, for good. */
  readonly withHistory: boolean;
  /** Milliseconds since 1970; it is void from then on. */
  readonly until: number;
}

export interface Thing {
  readonly address: ThingAddress;
  /** Upper-cased names, in the order of the registration; never KEY, never an empty value. */
  readonly tags: readonly Tag[];
  /**
   * HMAC of the canonical tags with KEY, as registered: what a claim has to match.
   * Absent for a Thing that cannot be claimed: without tags, disowned, self-owned, or having emptied its KEY.
   */
  readonly claimDigest?: string;
  readonly ownership?: Ownership;
  /** The session that last sent register, update, unregister, fields or accepted for this Thing. */
  readonly spokeFrom?: FullJid;
  /** The owner has asked to disown, the Thing has been told, and until then (ms since 1970) a registration is its answer. */
  readonly disowning?: { readonly until: number };
}

export type ClaimedThing = Thing & { readonly ownership: Ownership };

export function isClaimed(thing: Thing | undefined): thing is ClaimedThing {
  return thing?.ownership !== undefined;
}

/** The address of a Thing that is itself the client of that JID. */
export function standingAlone(jid: BareJid): ThingAddress {
  return { jid, nodeId: '', sourceId: '', cacheType: '' };
}

export function standsAlone({ nodeId, sourceId, cacheType }: ThingAddress): boolean {
  return nodeId === '' && sourceId === '' && cacheType === '';
}

export function sameAddress(a: ThingAddress, b: ThingAddress): boolean {
  return a.jid === b.jid && a.nodeId === b.nodeId && a.sourceId === b.sourceId && a.cacheType === b.cacheType;
}

/** A Thing's address in one line, for logs and the audit trail. */
export function nameOf({ jid, nodeId, sourceId, cacheType }: ThingAddress): string {
  return [jid, nodeId, sourceId, cacheType].join(' ').trim();
}
