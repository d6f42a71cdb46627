import type { BareJid } from './jid.js';
import type { ClaimedThing } from './thing.js';

/** Who asks: a bare JID, and its domain for those rules that are about domains. */
export interface Asker {
  readonly jid: BareJid;
  readonly domain: string;
}

/**
 * What one may do with a Thing: know that it exists, read its readings, decide over it, take it over or
 * leave it, decide for the component.
 */
export type Right = 'see' | 'read' | 'manage' | 'accept' | 'administer';

/** What one is to a Thing; an administrator may own one too. */
export type Role = 'owner' | 'administrator' | 'reader' | 'invited';

/** Who may what. What is not here is denied. */
const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  owner: ['see', 'read', 'manage'],
  administrator: ['see', 'read', 'administer'],
  reader: ['see', 'read'],
  // An offer that is void gives this too, for the minute until it is forgotten; who accepts then is told so.
  invited: ['see', 'accept'],
};
/** `public` makes a Thing findable, not readable; a Thing that registered itself as its own is for everyone. */
const OF_PUBLIC: readonly Right[] = ['see'];
const OF_SELF_OWNED: readonly Right[] = ['see', 'read'];

/** The one place that decides who may what with a Thing (DESIGN section 4, "Who may read"). */
export interface Access {
  may(asker: Asker, right: Right, thing: ClaimedThing): boolean;
  /** Whether one may use the component at all. To who may not, what is public is not. */
  mayUse(asker: Asker): boolean;
  isAdministrator(jid: BareJid): boolean;
  /** Whether one has that right on every Thing, whatever it is. */
  mayOnAll(asker: Asker, right: Right): boolean;
}

/**
 * @param administrators bare JIDs.
 * @param allow domains whose users may use the component, matched exactly; `*` opens it to all.
 * @param isBlocked who has no right at all, not even as owner; unless he is an administrator.
 */
export function createAccess(
  administrators: readonly BareJid[],
  allow: readonly string[],
  isBlocked: (asker: Asker) => boolean = () => false,
): Access {
  const admins = new Set(administrators);
  const domains = new Set(allow);
  const mayUse = (asker: Asker) =>
    admins.has(asker.jid) || ((domains.has('*') || domains.has(asker.domain)) && !isBlocked(asker));
  return {
    may(asker, right, thing) {
      const { ownership } = thing;
      if (isBlocked(asker) && !admins.has(asker.jid)) return false;
      if (rolesOf(asker, thing, admins).some((role) => RIGHTS[role].includes(right))) return true;
      if (!mayUse(asker)) return false;
      if (ownership.selfOwned && OF_SELF_OWNED.includes(right)) return true;
      return ownership.isPublic && OF_PUBLIC.includes(right);
    },
    mayUse,
    isAdministrator: (jid) => admins.has(jid),
    mayOnAll: ({ jid }, right) => admins.has(jid) && RIGHTS.administrator.includes(right),
  };
}

function rolesOf(asker: Asker, { ownership }: ClaimedThing, administrators: ReadonlySet<BareJid>): readonly Role[] {
  const roles: Role[] = [];
  if (asker.jid === ownership.owner) roles.push('owner');
  if (administrators.has(asker.jid)) roles.push('administrator');
  if (isSharedWith(asker, ownership.sharedWith)) roles.push('reader');
  if (asker.jid === ownership.offer?.to) roles.push('invited');
  return roles;
}

function isSharedWith({ jid, domain }: Asker, audiences: ClaimedThing['ownership']['sharedWith']): boolean {
  return audiences.some((audience) => audience === '*' || audience === jid || audience === `@${domain}`);
}
