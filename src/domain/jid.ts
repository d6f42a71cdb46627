/**
 * Addresses, as the rules see them: strings in stringprep form (RFC 6122), so that two that are equal are one.
 * Only `xmpp/jid.ts` makes them; the brands keep a string from the wire from being taken for one.
 */
export type BareJid = string & { readonly __jid: 'bare' };
/** A JID that a question can be sent to: see {@link reachable}. */
export type FullJid = string & { readonly __jid: 'full' };
export type AnyJid = BareJid | FullJid;

/** The account of a session. */
export function bareOf(jid: AnyJid): BareJid {
  const slash = jid.indexOf('/');
  return (slash < 0 ? jid : jid.slice(0, slash)) as BareJid;
}

/** The domain of an address. */
export function domainOf(jid: AnyJid): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf('@') + 1);
}

/**
 * The JID, if a question sent to it reaches who sent from it: one session of an account, or a domain, whose component
 * answers for itself. A bare account does not: its server would answer in its stead.
 */
export function reachable(jid: AnyJid): FullJid | undefined {
  return jid.includes('/') || !jid.includes('@') ? (jid as FullJid) : undefined;
}
