import { type AnyJid, bareOf, domainOf } from './jid.js';
import type { Clock, FailedClaimStore } from './ports.js';
import { createTurns } from './turns.js';

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
  /**
   * Makes a claim, and counts it if it failed.
   * @returns `wait` where too many have failed already, and the claim was not made.
   */
  attempt<T>(claimant: AnyJid, claim: () => Promise<T>, hasFailed: (claimed: T) => boolean): Promise<T | 'wait'>;
}

/** @param ownDomains the domains whose users are not counted together. */
export function createFailedClaims(
  store: FailedClaimStore,
  clock: Clock,
  ownDomains: readonly string[],
  limits: FailedClaimLimits | undefined,
): FailedClaims {
  const turns = createTurns();

  /** Who a claimant counts as, each with its limit. */
  function subjects(claimant: AnyJid): readonly (readonly [string, number])[] {
    if (limits === undefined) return [];
    const domain = domainOf(claimant);
    const foreign = ownDomains.includes(domain) ? [] : [[`@${domain}`, limits.perDomain] as const];
    return [[bareOf(claimant), limits.perJid], ...foreign, ['*', limits.inTotal]];
  }

  return {
    async attempt(claimant, claim, hasFailed) {
      const counted = subjects(claimant);
      const names = counted.map(([subject]) => subject);
      const ends: (() => void)[] = [];
      try {
        // No more at a time than may fail: of a burst of guesses, the later ones see how the first ones fared.
        for (const [subject, limit] of counted) ends.push(await turns.take(subject, limit));
        const failures = await store.count(names, clock.now() - HOUR);
        if (counted.some(([, limit], index) => (failures[index] ?? 0) >= limit)) return 'wait';
        const claimed = await claim();
        if (names.length > 0 && hasFailed(claimed)) await store.add(names, clock.now());
        return claimed;
      } finally {
        for (const end of ends) end();
      }
    },
  };
}
