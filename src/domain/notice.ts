import type { BareJid, FullJid } from './jid.js';
import type { Thing, ThingAddress } from './thing.js';

/** What a Thing is told of its own state (XEP-0347 sections 3.9, 3.10 and 3.17). */
export type News =
  | { readonly kind: 'claimed'; readonly owner: BareJid; readonly isPublic: boolean }
  | { readonly kind: 'disowned' }
  | { readonly kind: 'removed' };

/**
 * News that a Thing is owed: its present state, at most one, the newest. The debt is a row and survives restarts.
 * It ends with a result from the Thing, newer news or a new registration; `removed`, which some clients never
 * answer, also after {@link REMOVED_DELIVERIES} deliveries or {@link REMOVED_DAYS} days.
 */
export interface Notice {
  /** Names this debt, so that an answer to older news does not settle newer. */
  readonly id: string;
  readonly address: ThingAddress;
  readonly news: News;
  /** Where to try first: the session that last spoke for the Thing. */
  readonly spokeFrom?: FullJid;
  readonly since: number;
  /** How often it was handed to a session of the Thing that took it. */
  readonly deliveries: number;
}

/** News to a Thing, of which nobody has told it yet. */
export function noticeTo({ address, spokeFrom }: Thing, news: News, id: string, since: number): Notice {
  return { id, address, news, since, deliveries: 0, ...(spokeFrom !== undefined && { spokeFrom }) };
}

export const REMOVED_DELIVERIES = 3;
export const REMOVED_DAYS = 30;

const DAY = 24 * 60 * 60 * 1000;

/** Whether a notice is no longer worth sending. */
export function isStale(notice: Notice, now: number): boolean {
  if (notice.news.kind !== 'removed') return false;
  return notice.deliveries >= REMOVED_DELIVERIES || now - notice.since > REMOVED_DAYS * DAY;
}
