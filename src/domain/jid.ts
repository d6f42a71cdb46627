/**
 * Addresses, as the rules see them: strings in stringprep form (RFC 6122), so that two that are equal are one.
 * Only `xmpp/jid.ts` makes them; the brands keep a string from the wire from being taken for one.
 */
export type BareJid = string & { readonly __jid: 'bare' };
/** A JID with a resource: one session of an account. */
export type FullJid = string & { readonly __jid: 'full' };
export type AnyJid = BareJid | FullJid;
