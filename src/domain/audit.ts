import type { AnyJid, BareJid } from './jid.js';
import type { OwnershipId } from './thing.js';

/** THE TABLE of what is noted when it was done, in the order in which it is shown; what was refused may be anything else. */
export const AUDITED = [
  'register',
  'register self-owned',
  'unregister',
  'claim as public',
  'claim as private',
  'update',
  'visibility',
  'share',
  'unshare',
  'transfer',
  'replace',
  'disown',
  'remove',
  'record',
  'backfill',
  'erase',
  'erase-former',
  'notify',
  'release',
  'move',
  'delete',
  'retention',
  'block',
  'unblock',
  'import',
  'purge',
  'announce',
  'backup',
  'log-level',
  'reload',
] as const;
export type Audited = (typeof AUDITED)[number];

/** Who did what to what, with which outcome. Never a KEY, a token or a password. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: AnyJid;
  /** One of {@link AUDITED}, unless it is a refusal. */
  readonly action: string;
  /** What it was done to, as the actor named it. */
  readonly subject: string;
  readonly outcome: string;
  /** The ownership that it is about, where it is about one: its owner may see the entry. */
  readonly ownership?: OwnershipId;
  /**
   * Somebody was refused what he asked for. Such an entry says what was asked, never what exists, and so has no
   * `ownership`; that its subject is the name of a Thing is for {@link AuditQuery.viewer} to find.
   */
  readonly isRefusal?: true;
}

/** What an entry must be for somebody to be given it; all that is given must hold. */
export interface AuditQuery {
  /** A bare JID stands for all its sessions. */
  readonly actor?: AnyJid;
  readonly action?: string;
  /** About that ownership, in one of the two ways in which an entry can be (see `viewer`). */
  readonly ownership?: OwnershipId;
  /** Milliseconds since 1970; both inclusive. */
  readonly from?: number;
  readonly until?: number;
  /**
   * Who is to see the entries; absent: one who may see all. Everybody sees these, and no others:
   * - what he did himself, refusals included;
   * - what an entry says to be about an ownership that is or was his (ended ones as long as they are kept);
   * - refusals of what others asked of a Thing of his: those whose subject is the ownership's id or its brokered address,
   *   whenever that was, and those whose subject is the Thing's own address, while it was his. The instants in which an
   *   ownership begins and ends are nobody's. Who claims his Thing again has it, by its address, from then on.
   */
  readonly viewer?: BareJid;
  /** The component's domain, of which brokered addresses are. */
  readonly domain: BareJid;
}

/** An entry as a viewer sees it: without `ownership` where that is not, and was not, the viewer's. */
export type SeenEntry = Omit<AuditEntry, 'isRefusal'>;

/** Where a page ended: times are not all different. */
export interface AuditCursor {
  readonly at: number;
  readonly id: number;
}

export interface AuditPage {
  readonly entries: readonly SeenEntry[];
  /** Where the next page begins; undefined: this was the last. */
  readonly next?: AuditCursor;
}

/**
 * The audit trail. Entries are added and read; nothing changes one, and they go only when they are older than is kept
 * (the setting `retention.audit`), which is a part of Store.purge.
 */
export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
  /** Newest first, at most `limit` entries a page. */
  read(query: AuditQuery, limit: number, after?: AuditCursor): Promise<AuditPage>;
}
