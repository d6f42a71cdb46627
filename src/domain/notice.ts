import type { BareJid, FullJid } from './jid.js';
import type { Thing, ThingAddress } from './thing.js';

/** What a Thing is told. */
export type News = StateNews | FriendNews;

/** Of its own state (XEP-0347 sections 3.9, 3.10 and 3.17). */
export type StateNews =
  | { readonly kind: 'claimed'; readonly owner: BareJid; readonly isPublic: boolean }
  | { readonly kind: 'disowned' }
  | { readonly kind: 'removed' };

/**
 * That who may do what with the Things of a JID has changed: it is to forget what it was answered, and these are its
 * friends no longer (XEP-0324 sections 3.2.3 and 3.5.1).
 */
export interface FriendNews {
  readonly kind: 'friends';
  /** Those who lost a right to one of them. Whether they have none to another is judged when it is told. */
  readonly lost: readonly BareJid[];
}

/**
 * News that a Thing is owed: its present state, at most one, the newest. The debt is a row and survives restarts.
 * It ends with a result from the Thing, newer news or a new registration; `removed`, which some clients never
 * answer, also after {@link REMOVED_DELIVERIES} deliveries or {@link REMOVED_DAYS} days.
 *
 * News of friends is owed beside that, to JIDs that have asked `isFriend`: one a JID, under the address of its
 * stand-alone Thing, which need not be there. It adds up until it ends, with a result or a refusal; where no Thing of
 * the JID is left, as `removed` does.
 */
export interface Notice<Told extends News = News> {
  /** Names this debt, so that an answer to older news does not settle newer. */
  readonly id: string;
  readonly address: ThingAddress;
  readonly news: Told;
  /** Where to try first: the session that last spoke for the Thing. */
  readonly spokeFrom?: FullJid;
  readonly since: number;
  /** How often it was handed to a session of the Thing that took it. */
  readonly deliveries: number;
}

/** News to a Thing, of which nobody has told it yet. */
export function noticeTo({ address, spokeFrom }: Thing, news: StateNews, id: string, since: number): Notice<StateNews> {
  return { id, address, news, since, deliveries: 0, ...(spokeFrom !== undefined && { spokeFrom }) };
}

export const REMOVED_DELIVERIES = 3;
export const REMOVED_DAYS = 30;

const DAY = 24 * 60 * 60 * 1000;

/** Whether a notice is no longer worth sending. @param isThing whether there is a Thing of its JID. */
export function isStale(notice: Notice, isThing: boolean, now: number): boolean {
  const { kind } = notice.news;
  if (kind !== 'removed' && (kind !== 'friends' || isThing)) return false;
  return notice.deliveries >= REMOVED_DELIVERIES || now - notice.since > REMOVED_DAYS * DAY;
}
