import type { Asker } from './access.js';
import type { BareJid } from './jid.js';
import type { Clock } from './ports.js';
import type { Limit } from './retention.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/**
 * THE TABLE of rates: how much of each one account may do in a period, in the long run, is a setting; `burst` is how many
 * periods' worth it may do at once, after it was quiet.
 */
export const RATES = {
  iqs: { periodMs: SECOND, period: 'a second', burst: 20, what: 'requests (IQ)' },
  messages: { periodMs: SECOND, period: 'a second', burst: 20, what: 'messages' },
  presence: { periodMs: SECOND, period: 'a second', burst: 20, what: 'presence' },
  registrations: { periodMs: HOUR, period: 'an hour', burst: 1, what: 'registrations' },
  readings: { periodMs: DAY, period: 'a day', burst: 1, what: 'readings' },
} as const;
export type RateName = keyof typeof RATES;

/** A foreign domain may do as much as so many accounts. One of our own is not counted: a user could shut out all others. */
export const DOMAIN_IS = 20;

/** So many accounts and domains are counted of each rate; beyond, who was quiet longest is forgotten. */
const MOST = 100_000;

/** Keeps one from using up what others need too. */
export interface Rates {
  /**
   * Counts what somebody is about to do.
   * @returns for how long he has to wait, in ms; 0: he may, and it is counted.
   */
  take(name: RateName, who: Asker, amount?: number): number;
}

export interface RateOptions {
  /** How much one account may do in a period. */
  readonly amountOf: (name: RateName) => Limit;
  readonly isExempt: (jid: BareJid) => boolean;
  /** The domains whose users are not counted together. */
  readonly ownDomains: readonly string[];
  /** It should not jump: a time since the start. */
  readonly clock: Clock;
  /** Told of each that was refused. */
  readonly onOver: (name: RateName, who: Asker) => void;
}

interface Bucket {
  /** What may be done at once; below zero after something larger than a bucket. */
  left: number;
  at: number;
}

/**
 * Token buckets. Who was forgotten begins with a full bucket, so that somebody who commands over a hundred thousand
 * accounts gets more than he should of each; of a foreign domain its own bucket limits him, at home who opens accounts.
 */
export function createRates({ amountOf, isExempt, ownDomains, clock, onOver }: RateOptions): Rates {
  const names = Object.keys(RATES) as RateName[];
  const kept = Object.fromEntries(names.map((name) => [name, new Map<string, Bucket>()])) as Record<
    RateName,
    Map<string, Bucket>
  >;

  function filled(name: RateName, key: string, perMs: number, size: number): Bucket {
    const buckets = kept[name];
    const now = clock.now();
    const before = buckets.get(key);
    const bucket = before ?? { left: size, at: now };
    bucket.left = Math.min(size, bucket.left + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    if (before !== undefined)
      buckets.delete(key); // so that the one that was quiet longest comes first
    else if (buckets.size >= MOST) forgetOldest(buckets);
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(name, who, amount = 1) {
      const allowed = amountOf(name);
      if (allowed === 'off' || isExempt(who.jid)) return 0;
      const { periodMs, burst } = RATES[name];
      const counted = [{ key: who.jid as string, times: 1 }];
      if (!ownDomains.includes(who.domain)) counted.push({ key: `@${who.domain}`, times: DOMAIN_IS });
      let wait = 0;
      const buckets = counted.map(({ key, times }) => {
        const [perMs, size] = [(allowed * times) / periodMs, allowed * times * burst];
        const bucket = filled(name, key, perMs, size);
        wait = Math.max(wait, (Math.min(amount, size) - bucket.left) / perMs);
        return bucket;
      });
      if (wait > 0) {
        onOver(name, who);
        return Math.ceil(wait);
      }
      for (const bucket of buckets) bucket.left -= amount;
      return 0;
    },
  };
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}

/** What to tell who has to wait so many ms, before he may go on with more than `allowed`. */
export function overRate(name: RateName, allowed: Limit, waitMs: number): string {
  const { what, period } = RATES[name];
  return `More than ${allowed} ${what} ${period} of one account are not taken; try again in ${Math.ceil(waitMs / SECOND)} s.`;
}
