import { type AnyJid, type BareJid, bareOf } from '../jid.js';
import { type Use, useOf } from '../overview.js';
import { createDelivery, type Delivery, type DeliveryDeps } from './delivery.js';
import type { Plan } from './plan.js';
import type { Readers } from './ports.js';

/** The read-outs that askers have open now, by the asker's session and sequence number. */
export interface OpenReadOuts {
  /** Takes a number for a request that is being judged. @returns false if it is taken. */
  reserve(asker: AnyJid, seqnr: number): boolean;
  release(asker: AnyJid, seqnr: number): void;
  /**
   * Begins what was accepted, unless its number was released in between: it was cancelled.
   *
   * @param readers who is told, where that is not the asker's session.
   */
  begin(plan: Plan, readers?: Readers): void;
  /** Those that all sessions of an account have begun, the one longest open first. */
  of(account: BareJid): readonly OpenReadOut[];
  /** @returns whether it was open. */
  cancel(asker: AnyJid, seqnr: number): boolean;
  /** Ends all of a session that is gone. */
  abandon(asker: AnyJid): void;
  /** How many all sessions of the asker have, this one included and those that came after it not. */
  rankOf(asker: AnyJid, seqnr: number): number;
  /** How many there are, and the account with most of them. */
  use(): Use;
  /** Ends all with a failure; resolves when that has been said. */
  stop(reason: string): Promise<void>;
}

export interface OpenReadOut {
  readonly plan: Plan;
  readonly delivery: Delivery;
  /** In ms since 1970. */
  readonly since: number;
}

export function createOpenReadOuts(deps: DeliveryDeps): OpenReadOuts {
  /** Undefined while it is being judged, or waits for its answer to be sent. */
  const open = new Map<string, OpenReadOut | undefined>();
  /** The keys of each account, in the order in which they were taken. */
  const accounts = new Map<BareJid, Set<string>>();
  const running = new Set<Promise<void>>();

  function release(asker: AnyJid, seqnr: number): void {
    const key = keyOf(asker, seqnr);
    if (!open.delete(key)) return;
    const keys = accounts.get(bareOf(asker));
    keys?.delete(key);
    if (keys?.size === 0) accounts.delete(bareOf(asker));
  }

  return {
    reserve(asker, seqnr) {
      const key = keyOf(asker, seqnr);
      if (open.has(key)) return false;
      open.set(key, undefined);
      accounts.set(bareOf(asker), (accounts.get(bareOf(asker)) ?? new Set()).add(key));
      return true;
    },

    release,

    begin(plan, readers = deps.readers) {
      const { asker } = plan.ends;
      const { value } = plan.request.seqnr;
      const key = keyOf(asker, value);
      if (!open.has(key)) return;
      const delivery = createDelivery(plan, { ...deps, readers });
      open.set(key, { plan, delivery, since: deps.clock.now() });
      const run = delivery.run().finally(() => {
        running.delete(run);
        if (open.get(key)?.delivery === delivery) release(asker, value);
      });
      running.add(run);
    },

    of: (account) =>
      [...(accounts.get(account) ?? [])].map((key) => open.get(key)).filter((each) => each !== undefined),

    cancel(asker, seqnr) {
      const key = keyOf(asker, seqnr);
      if (!open.has(key)) return false;
      const readOut = open.get(key);
      release(asker, seqnr);
      readOut?.delivery.abandon();
      return true;
    },

    abandon(asker) {
      for (const readOut of [...open.values()]) if (readOut?.plan.ends.asker === asker) readOut.delivery.abandon();
    },

    rankOf: (asker, seqnr) => [...(accounts.get(bareOf(asker)) ?? [])].indexOf(keyOf(asker, seqnr)) + 1,

    use: () => useOf(accounts),

    async stop(reason) {
      for (const readOut of [...open.values()]) readOut?.delivery.end(reason);
      await Promise.allSettled(running);
    },
  };
}

function keyOf(asker: AnyJid, seqnr: number): string {
  return `${seqnr} ${asker}`;
}
