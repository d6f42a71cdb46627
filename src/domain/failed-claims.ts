import { type AnyJid, bareOf, domainOf } from './jid.js';
import type { Clock, FailedClaimStore } from './ports.js';

/** How many claims may fail in an hour before those who fail must wait; `undefined` is no limit. */
export interface FailedClaimLimits {
  readonly perJid: number;
  /** Of a foreign domain. One of our own is not counted: one of its users could lock out all the others. */
  readonly perDomain: number;
  readonly inTotal: number;
}

export const FAILED_CLAIM_LIMITS: FailedClaimLimits = { perJid: 10, perDomain: 100, inTotal: 1000 };

const HOUR = 60 * 60 * 1000;

/** Keeps those who guess from guessing on (XEP-0347 section 6.3). */
export interface FailedClaims {
  mayTry(claimant: AnyJid): Promise<boolean>;
  note(claimant: AnyJid): Promise<void>;
}

/** @param ownDomains the domains whose users are not counted together. */
export function createFailedClaims(
  store: FailedClaimStore,
  clock: Clock,
  ownDomains: readonly string[],
  limits: FailedClaimLimits | undefined,
): FailedClaims {
  /** Who a claimant counts as, each with its limit. */
  function subjects(claimant: AnyJid): readonly (readonly [string, number])[] {
    if (limits === undefined) return [];
    const domain = domainOf(claimant);
    const foreign = ownDomains.includes(domain) ? [] : [[`@${domain}`, limits.perDomain] as const];
    return [[bareOf(claimant), limits.perJid], ...foreign, ['*', limits.inTotal]];
  }

  return {
    async mayTry(claimant) {
      const counted = subjects(claimant);
      if (counted.length === 0) return true;
      const failures = await store.count(
        counted.map(([subject]) => subject),
        clock.now() - HOUR,
      );
      return counted.every(([, limit], index) => (failures[index] ?? 0) < limit);
    },
    async note(claimant) {
      const counted = subjects(claimant);
      if (counted.length === 0) return;
      await store.add(
        counted.map(([subject]) => subject),
        clock.now(),
      );
    },
  };
}
