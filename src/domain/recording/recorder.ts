import type { Clock, RecordingStore, ThingStore } from '../ports.js';
import type { Collected } from '../read-out/collect.js';
import type { Timers } from '../read-out/ports.js';
import type { FieldType } from '../reading.js';
import type { Sessions } from '../sessions.js';
import { type ClaimedThing, isClaimed, type OwnershipId } from '../thing.js';
import { nextSlot, type Recording } from './recording.js';
import { RECORDED } from './words.js';

export interface RecorderDeps {
  readonly things: Pick<ThingStore, 'byOwnership'>;
  readonly recordings: RecordingStore;
  readonly sessions: Pick<Sessions, 'of'>;
  /** Asks a Thing; what it reports is stored. */
  readonly read: (thing: ClaimedThing, types: ReadonlySet<FieldType>) => Promise<Collected>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings: RecorderSettings;
  readonly onFault: (error: unknown) => void;
}

export interface RecorderSettings {
  /** How many Things are read at once. */
  readonly atOnce: number;
  /** How many are begun with in one turn; turns are at least {@link RecorderSettings.turnMs} apart. */
  readonly aTurn: number;
  /** In ms. */
  readonly turnMs: number;
}

export const RECORDER_SETTINGS: RecorderSettings = { atOnce: 200, aTurn: 100, turnMs: 1000 };

/**
 * Reads Things as their owners asked for. One timer, for what is due next, and a page of rows at a time: whether ten
 * Things are recorded or a hundred thousand, nothing of them is in memory but those that are being read.
 */
export interface Recorder {
  /** Begins with what is due, and goes on: after a start, and when we are connected again. */
  resume(): void;
  /** Asks nobody until `resume`; what is under way comes to its end. */
  pause(): void;
  /** Something is due that was not: a recording has begun or changed. */
  changed(): void;
  /** For good. Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** Timers cannot be set for longer than 24 days; and clocks are put right at times. In ms. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;
/** When to try again what the store refused, in ms. */
const AGAIN_MS = 60_000;

export function createRecorder(deps: RecorderDeps): Recorder {
  const { recordings, clock, timers, settings, onFault } = deps;
  const running = new Map<OwnershipId, Promise<void>>();
  let isOn = false;
  let isStopped = false;
  let turn: Promise<void> | undefined;
  let lastTurn = Number.NEGATIVE_INFINITY;
  let stopAlarm: () => void = () => undefined;

  /** Sets the one timer; never so soon that turns come too close. */
  function alarm(ms: number): void {
    stopAlarm();
    if (!isOn) return;
    const rest = lastTurn + settings.turnMs - clock.now();
    stopAlarm = timers.after(Math.min(Math.max(ms, rest, 0), LONGEST_WAIT_MS), takeTurn);
  }

  function takeTurn(): void {
    turn ??= beginDue()
      .catch((error: unknown) => {
        onFault(error);
        return AGAIN_MS;
      })
      .then((wait) => {
        turn = undefined;
        if (wait !== undefined) alarm(wait);
      });
  }

  /** @returns how long to wait for the next turn, in ms. */
  async function beginDue(): Promise<number | undefined> {
    const now = clock.now();
    lastTurn = now;
    const free = Math.min(settings.aTurn, settings.atOnce - running.size);
    if (free <= 0) return 0;
    const due = await recordings.due(now, free);
    if (due.length > 0) {
      // Before they are read: one that is due again meanwhile is not asked twice at once.
      await recordings.postpone(due.map((each) => ({ ...each, due: nextSlot(each, now) })));
      for (const recording of due) begin(recording);
    }
    if (due.length === free) return 0;
    const next = await recordings.nextDue();
    return next === undefined ? undefined : next - clock.now();
  }

  function begin(recording: Recording): void {
    const { ownership } = recording;
    if (!isOn || running.has(ownership)) return;
    const run = runOne(recording)
      .catch(onFault)
      .finally(() => running.delete(ownership));
    running.set(ownership, run);
  }

  async function runOne({ ownership, types }: Recording): Promise<void> {
    const at = clock.now();
    const thing = await deps.things.byOwnership(ownership);
    if (!isClaimed(thing)) return;
    const isThere = (await deps.sessions.of(thing.address.jid)).length > 0;
    const outcome = isThere ? RECORDED.collected(await deps.read(thing, types)) : RECORDED.offline;
    await recordings.ran(ownership, { at, outcome });
  }

  return {
    resume() {
      isOn = !isStopped;
      alarm(0);
    },
    pause() {
      isOn = false;
      stopAlarm();
    },
    changed: () => alarm(0),
    async stop() {
      isStopped = true;
      isOn = false;
      stopAlarm();
      await turn;
      await Promise.all(running.values());
    },
  };
}
