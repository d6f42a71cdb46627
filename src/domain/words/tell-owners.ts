import type { Access } from '../access.js';
import { type BareJid, domainOf } from '../jid.js';
import type { Clock } from '../ports.js';
import { assignNode } from '../read-out/assign-node.js';
import type { Timers } from '../read-out/ports.js';
import type { Fault } from '../read-out/report.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Thing } from '../thing.js';
import { wordsOfClock, wordsOfMore, wordsOfRefusal, wordsOfSilence } from './owner-words.js';
import type { Owed, WordsStore } from './words-store.js';

export interface TellOwnersDeps {
  readonly words: WordsStore;
  /** What is owed to who may not use the component, being blocked, is dropped when it would be told. */
  readonly access: Pick<Access, 'mayUse'>;
  /** Sends somebody a message to be read by a person. @returns false where there is no connection. */
  readonly send: (to: BareJid, text: string) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onFault: (error: unknown) => void;
}

/** Tells people in words what they are owed, and finds out what is to be told of their Things. */
export interface TellOwners {
  /** We are connected. */
  resume(): void;
  /** We are not, and what is owed waits. */
  pause(): void;
  /** Readings that a Thing sent by itself were refused. @param things all of its JID. */
  refused(things: readonly Thing[], faults: readonly Fault[]): void;
  /** Values of a Thing, read just now, are so many minutes ahead of the clock. */
  clockMistaken(thing: ClaimedThing, minutes: number): void;
  /** For good. Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How often it is looked for what is owed, in ms: events have no way to say that they have happened. */
const TELL_EVERY_MS = 3000;
/** What is older is not worth telling, in ms. */
const KEPT_MS = 7 * DAY_MS;
/** The most messages to one person in an hour, that about the rest included. Counted anew after a restart. */
export const MOST_AN_HOUR = 20;
/** After how long (ms) a Thing is silent. */
export const SILENT_MS = DAY_MS;
/**
 * How often it is looked for silent Things, in ms, and how long we have to have been connected before it: what nobody could
 * have heard is no silence.
 */
const SWEEP_EVERY_MS = HOUR_MS;
const SWEEP_ROWS = 500;

export function createTellOwners(deps: TellOwnersDeps): TellOwners {
  const { words, access, send, clock, timers, onFault } = deps;
  const hours = new Map<BareJid, { readonly since: number; told: number }>();
  const telling = repeating(timers, TELL_EVERY_MS, tellAll, onFault);
  const sweeping = repeating(timers, SWEEP_EVERY_MS, sweep, onFault);
  const noting = new Set<Promise<void>>();

  async function tellAll(): Promise<void> {
    const now = clock.now();
    for (const [jid, { since }] of hours) if (Math.abs(now - since) >= HOUR_MS) hours.delete(jid);
    await words.forgetBefore(now - KEPT_MS);
    for (const jid of await words.receivers()) if (!(await tell(jid))) return;
  }

  /** @returns false where there is no connection. */
  async function tell(jid: BareJid): Promise<boolean> {
    if (!access.mayUse({ jid, domain: domainOf(jid) })) {
      await words.settle(jid, (await words.owedTo(jid, 0)).last);
      return true;
    }
    const hour = hours.get(jid) ?? { since: clock.now(), told: 0 };
    const left = MOST_AN_HOUR - hour.told;
    if (left <= 0) return true;
    const messages = messagesOf(await words.owedTo(jid, left), left);
    let sent: Message | undefined;
    for (const message of messages) {
      if (!send(jid, message.text)) break;
      sent = message;
      hour.told += 1;
    }
    if (sent === undefined) return messages.length === 0;
    hours.set(jid, hour);
    await words.settle(jid, sent.upTo);
    return sent === messages.at(-1);
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    while (await words.oweSilence(now - SILENT_MS, now, SWEEP_ROWS, wordsOfSilence));
  }

  /** Who waits for an answer does not wait for that. */
  function note(work: Promise<void>): void {
    const noted = work.catch(onFault).finally(() => noting.delete(noted));
    noting.add(noted);
  }

  return {
    resume() {
      telling.begin(0);
      sweeping.begin(SWEEP_EVERY_MS);
    },
    pause() {
      telling.end();
      sweeping.end();
    },
    refused(things, faults) {
      const now = clock.now();
      for (const { thing, reason } of firstOfEach(things, faults)) {
        note(words.oweRefusal(thing.ownership.id, wordsOfRefusal(thing, reason), now, now - DAY_MS));
      }
    },
    clockMistaken: (thing, minutes) => note(words.owe(wordsOfClock(thing, minutes), clock.now())),
    async stop() {
      await Promise.all([telling.stop(), sweeping.stop(), ...noting]);
    },
  };
}

interface Message {
  readonly text: string;
  /** The key of the last words that it tells. */
  readonly upTo: number;
}

/** What there is to tell, in at most so many messages. */
function messagesOf({ words, total, last }: Owed, most: number): readonly Message[] {
  const single = words.slice(0, total > most ? most - 1 : most).map(({ key, text }) => ({ text, upTo: key }));
  return total > most ? [...single, { text: wordsOfMore(total - single.length), upTo: last }] : single;
}

/** The first fault of each Thing that somebody owns. */
function firstOfEach(
  things: readonly Thing[],
  faults: readonly Fault[],
): Iterable<{ readonly thing: ClaimedThing; readonly reason: string }> {
  const found = new Map<OwnershipId, { thing: ClaimedThing; reason: string }>();
  for (const { node, reason } of faults) {
    const thing = assignNode(things, node);
    if (isClaimed(thing) && !found.has(thing.ownership.id)) found.set(thing.ownership.id, { thing, reason });
  }
  return found.values();
}

/** Does something every so often, one after the other. */
function repeating(timers: Timers, everyMs: number, run: () => Promise<void>, onFault: (error: unknown) => void) {
  let isOn = false;
  let isStopped = false;
  let underWay: Promise<void> | undefined;
  let stopAlarm: () => void = () => undefined;

  function alarm(ms: number): void {
    stopAlarm();
    if (!isOn) return;
    stopAlarm = timers.after(ms, () => {
      underWay ??= run()
        .catch(onFault)
        .finally(() => {
          underWay = undefined;
          alarm(everyMs);
        });
    });
  }

  function end(): void {
    isOn = false;
    stopAlarm();
  }

  return {
    begin(ms: number): void {
      isOn = !isStopped;
      alarm(ms);
    },
    end,
    async stop(): Promise<void> {
      isStopped = true;
      end();
      await underWay;
    },
  };
}
