import { type AnyJid, type BareJid, bareOf } from '../jid.js';
import type { Clock, QueuedReadOut, QueueStore } from '../ports.js';
import type { Plan } from './plan.js';
import type { Ends, Readers, Timers } from './ports.js';

export interface QueueDeps {
  readonly queue: QueueStore;
  readonly readers: Readers;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a reader has to answer a ping, in ms. */
  readonly readerMs: number;
  /** Begins a read-out that is due. */
  readonly start: (plan: Plan) => void;
  readonly onFault: (error: unknown) => void;
}

/** Requests that are to begin later: rows, which survive a restart (DESIGN section 4). */
export interface Queue {
  /** @returns false if the asker has one of this number already. */
  add(plan: Plan, due: number): Promise<boolean>;
  /** The asker knows that its request is queued. */
  added(ends: Ends, seqnr: number): void;
  has(asker: AnyJid, seqnr: number): Promise<boolean>;
  countOf(asker: AnyJid): Promise<number>;
  /** Those of all sessions of an account, the one due first at first; at most `limit`. */
  of(account: BareJid, limit: number): Promise<readonly QueuedReadOut[]>;
  /** @returns whether there was one. */
  remove(asker: AnyJid, seqnr: number): Promise<boolean>;
  /** A session is gone: if it does not answer when its time has come, its requests are dropped. */
  readerGone(asker: AnyJid): void;
  /** Begins what is due, and waits for the next. */
  resume(): Promise<void>;
  stop(): void;
}

/** Timers cannot be set for longer than 24 days; and clocks are put right at times, which timers do not notice. In ms. */
const LONGEST_WAIT_MS = 60 * 1000;
/** When to try again what the store refused, in ms. */
const AGAIN_MS = 5_000;
const AT_ONCE = 50;

export function createQueue({ queue, readers, clock, timers, readerMs, start, onFault }: QueueDeps): Queue {
  let stopAlarm: () => void = () => undefined;
  let working: Promise<void> | undefined;
  let isStopped = false;

  function alarm(ms: number): void {
    stopAlarm();
    if (!isStopped) stopAlarm = timers.after(Math.min(Math.max(ms, 0), LONGEST_WAIT_MS), () => void work());
  }

  /** One at a time: what is due is begun once. */
  function work(): Promise<void> {
    working ??= beginDue()
      .catch((error: unknown) => {
        onFault(error);
        alarm(AGAIN_MS);
      })
      .finally(() => {
        working = undefined;
      });
    return working;
  }

  async function beginDue(): Promise<void> {
    for (;;) {
      const due = isStopped ? [] : await queue.due(clock.now(), AT_ONCE);
      if (due.length === 0) break;
      await Promise.all(due.map(beginOne));
    }
    const next = await queue.nextDue();
    if (next !== undefined) alarm(next - clock.now());
  }

  /** The row goes last: killed in between, the component begins anew with it. */
  async function beginOne({ plan, answersPings }: QueuedReadOut): Promise<void> {
    const { asker } = plan.ends;
    const { value } = plan.request.seqnr;
    const isThere = !answersPings || (await readers.ping(plan.ends, readerMs));
    if (isThere && !isStopped && (await queue.has(asker, value))) start(plan);
    if (!isStopped) await queue.remove(asker, value);
  }

  return {
    add: (plan, due) => queue.add({ plan, due, answersPings: false }),

    added(ends, seqnr) {
      const look = async (): Promise<void> => {
        await work();
        // What answers now and does not when the time has come is gone by then.
        if (await readers.ping(ends, readerMs)) await queue.answersPings(ends.asker, seqnr);
      };
      look().catch(onFault);
    },

    has: (asker, seqnr) => queue.has(asker, seqnr),
    countOf: (asker) => queue.countOf(bareOf(asker)),
    of: (account, limit) => queue.ofAccount(account, limit),
    remove: (asker, seqnr) => queue.remove(asker, seqnr),
    resume: work,

    readerGone(asker) {
      const note = async (): Promise<void> => {
        if ((await queue.countOf(bareOf(asker))) > 0) await queue.answersPings(asker);
      };
      note().catch(onFault);
    },

    stop() {
      isStopped = true;
      stopAlarm();
    },
  };
}
