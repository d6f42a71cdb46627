import type { AuditEntry, AuditLog } from './audit.js';
import type { Clock } from './ports.js';
import type { Timers } from './read-out/ports.js';

/** What somebody was refused. */
export type Refused = Pick<AuditEntry, 'actor' | 'action' | 'subject' | 'outcome'>;

/** Puts refusals into the audit trail: to be told of each after it was answered. */
export interface Refusals {
  /** Never rejects: whoever was refused has his answer. */
  note(refused: Refused): Promise<void>;
  /** Writes what was only counted so far. */
  stop(): Promise<void>;
}

/** For how long (ms) the same refusal of the same asker is counted, and not written again. */
const COUNTED_MS = 60_000;
/** How many different refusals are counted at a time; of those beyond each is written. */
const MOST = 10_000;
/** A subject is what the asker made it, within these many characters. */
const LONGEST_SUBJECT = 2048;
/** The name of an element that nobody knows may be any. */
const LONGEST_ACTION = 64;

interface Counted {
  readonly refused: Refused;
  times: number;
  readonly stop: () => void;
}

/**
 * A client that asks again and again for what it may not have leaves a row when it begins, and one a minute with how
 * often it did, however fast it asks. What was counted and not written is lost if the process dies; the first is not.
 */
export function createRefusals(
  audit: Pick<AuditLog, 'append'>,
  clock: Clock,
  timers: Timers,
  onFault: (error: unknown) => void,
): Refusals {
  const counted = new Map<string, Counted>();

  function write(refused: Refused): Promise<void> {
    return audit.append({ ...refused, at: clock.now(), isRefusal: true }).catch(onFault);
  }

  async function settle(key: string): Promise<void> {
    const same = counted.get(key);
    counted.delete(key);
    if (same === undefined || same.times === 0) return;
    const { refused, times } = same;
    await write({ ...refused, outcome: `${refused.outcome}, ${times} more within a minute` });
  }

  return {
    async note({ action, subject, ...rest }) {
      const refused: Refused = {
        ...rest,
        action: action.slice(0, LONGEST_ACTION),
        subject: subject.slice(0, LONGEST_SUBJECT),
      };
      const key = JSON.stringify([refused.actor, refused.action, refused.subject, refused.outcome]);
      const same = counted.get(key);
      if (same !== undefined) {
        same.times += 1;
        return;
      }
      if (counted.size < MOST) {
        counted.set(key, { refused, times: 0, stop: timers.after(COUNTED_MS, () => void settle(key)) });
      }
      await write(refused);
    },

    async stop() {
      for (const { stop } of counted.values()) stop();
      await Promise.all([...counted.keys()].map(settle));
    },
  };
}
