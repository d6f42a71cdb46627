import type { FullJid } from '../jid.js';
import type { Sessions } from '../sessions.js';
import { type ClaimedThing, standsAlone } from '../thing.js';
import type { Arrival } from './intake.js';
import type { Answer, Devices, Question, Timers } from './ports.js';
import type { Fault } from './report.js';
import type { Slots } from './slots.js';
import { WORDS } from './words.js';

/** Waits for what a device says. All are called in the order in which it said it. */
export interface Follower {
  /** Data, stored already. */
  arrived(arrivals: readonly Arrival[]): void;
  failed(faults: readonly Fault[]): void;
  /** The last call. `reason` is why there is no more, where that is not that the device is done. */
  ended(reason: string | undefined): void;
}

/** A question to a device, from the wish to ask it to the end of its answer. */
export interface DeviceReadOut {
  readonly thing: ClaimedThing;
  /** Whether another request for the same may still join: the device has sent neither data nor failures yet. */
  readonly isOpen: boolean;
  join(follower: Follower): void;
  leave(follower: Follower): void;
  /** The device has reported something under a number of ours. */
  reported(arrivals: readonly Arrival[], faults: readonly Fault[], done: boolean): void;
  /** The Thing's JID has a session again, or has none any more. */
  cameOnline(): void;
  wentOffline(): void;
  /** Ends it for all who follow. */
  end(reason: string): void;
}

export interface DeviceReadOutDeps {
  readonly devices: Devices;
  readonly sessions: Sessions;
  readonly slots: Slots;
  readonly timers: Timers;
  readonly settings: DeviceSettings;
  /** Gives out a number that will lead the device's answers here, until the read-out ends. */
  readonly number: (readOut: DeviceReadOut) => number;
  /** The Thing has spoken from here: it accepted a question. */
  readonly spoke: (thing: ClaimedThing, session: FullJid) => void;
  readonly onEnd: (readOut: DeviceReadOut) => void;
  readonly onFault: (error: unknown) => void;
}

/** In ms. */
export interface DeviceSettings {
  /** How long a device has for its whole answer, and how long a question waits for a busy device. */
  readonly deadlineMs: number;
  /** How long a device may be silent before it is woken. */
  readonly wakeMs: number;
  /** How long a device that is off line may take to come on line. */
  readonly absentMs: number;
}

/**
 * - `waiting`: the device is busy with other questions of ours.
 * - `looking`: for a session to ask.
 * - `asking`: the question is out.
 * - `accepted`: the device will answer.
 * - `reading`: its data is coming.
 */
type State = 'waiting' | 'looking' | 'asking' | 'accepted' | 'reading' | 'ended';
type Event = 'slot' | 'session' | 'accepted' | 'refused' | 'gone' | 'data' | 'over';

/** What each event makes of each state; what is not here changes nothing. */
const NEXT: Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>> = {
  waiting: { slot: 'looking', over: 'ended' },
  looking: { session: 'asking', accepted: 'accepted', refused: 'ended', data: 'reading', over: 'ended' },
  asking: { accepted: 'accepted', refused: 'ended', gone: 'looking', data: 'reading', over: 'ended' },
  accepted: { refused: 'ended', gone: 'looking', data: 'reading', over: 'ended' },
  reading: { refused: 'ended', gone: 'ended', over: 'ended' },
  ended: {},
};

/** States in which a session has the question. */
const IS_ASKED: ReadonlySet<State> = new Set<State>(['asking', 'accepted', 'reading']);

/** Begins at once, where the device has a place free. */
export function createDeviceReadOut(
  question: Omit<Question, 'seqnr' | 'node'> & { readonly thing: ClaimedThing },
  deps: DeviceReadOutDeps,
): DeviceReadOut {
  return new Asking(question, deps);
}

class Asking implements DeviceReadOut {
  readonly thing: ClaimedThing;
  readonly #question: Omit<Question, 'seqnr'>;
  readonly #deps: DeviceReadOutDeps;
  readonly #followers = new Set<Follower>();
  readonly #tried = new Set<FullJid>();
  readonly #leaveSlot: () => void;
  #state: State = 'waiting';
  #hasReported = false;
  /** The session that is being asked. */
  #session: FullJid | undefined;
  #stopDeadline: () => void;
  #stopAlarm: () => void = () => undefined;

  constructor(
    { thing, ...question }: Omit<Question, 'seqnr' | 'node'> & { readonly thing: ClaimedThing },
    deps: DeviceReadOutDeps,
  ) {
    const { nodeId, sourceId, cacheType } = thing.address;
    this.thing = thing;
    this.#question = { ...question, ...(!standsAlone(thing.address) && { node: { nodeId, sourceId, cacheType } }) };
    this.#deps = deps;
    this.#stopDeadline = this.#deadline(WORDS.busy);
    // Later, so that whoever begins this can join before anything happens.
    this.#leaveSlot = deps.slots.take(thing.address.jid, () => void Promise.resolve().then(() => this.#enterSlot()));
  }

  get isOpen(): boolean {
    return !this.#hasReported && this.#state !== 'ended';
  }

  join(follower: Follower): void {
    this.#followers.add(follower);
  }

  leave(follower: Follower): void {
    this.#followers.delete(follower);
    // A device that was asked goes on answering, and its place is taken until it is done.
    if (this.#followers.size === 0 && this.#state === 'waiting') this.end('');
  }

  reported(arrivals: readonly Arrival[], faults: readonly Fault[], done: boolean): void {
    if (this.#state === 'ended') return;
    if (arrivals.length > 0) this.#become('data');
    if (arrivals.length > 0 || faults.length > 0) this.#hasReported = true;
    this.#sign();
    for (const follower of [...this.#followers]) {
      if (arrivals.length > 0) follower.arrived(arrivals);
      if (faults.length > 0) follower.failed(faults);
    }
    if (done) this.#end('over', undefined);
  }

  cameOnline(): void {
    if (this.#state !== 'looking') return;
    this.#tried.clear();
    this.#look();
  }

  wentOffline(): void {
    this.#lose();
  }

  end(reason: string): void {
    this.#end('over', reason);
  }

  #enterSlot(): void {
    if (!this.#become('slot')) return;
    this.#stopDeadline();
    this.#stopDeadline = this.#deadline(WORDS.silent);
    this.#look();
  }

  #deadline(reason: (ms: number) => string): () => void {
    const { deadlineMs } = this.#deps.settings;
    const expire = (): void => {
      this.#end('over', this.#state === 'reading' ? WORDS.unfinished(deadlineMs) : reason(deadlineMs));
    };
    return this.#deps.timers.after(deadlineMs, expire);
  }

  /** Finds a session that was not tried yet; failing that, gives the device a while to come on line. */
  #look(): void {
    this.#alarm(this.#deps.settings.absentMs, () => this.#end('over', WORDS.offline));
    this.#untried().then(
      ([session]) => {
        if (session !== undefined && this.#become('session')) this.#ask(session);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** The session that last spoke for the Thing first, then the one last seen. */
  async #untried(): Promise<readonly FullJid[]> {
    const { address, spokeFrom } = this.thing;
    const known = await this.#deps.sessions.of(address.jid);
    const isSpeaker = (session: FullJid): boolean => session === spokeFrom;
    const ordered = [...known.filter(isSpeaker), ...known.filter((session) => !isSpeaker(session))];
    const sessions = ordered.length === 0 && spokeFrom !== undefined ? [spokeFrom] : ordered;
    return sessions.filter((session) => !this.#tried.has(session));
  }

  #ask(session: FullJid): void {
    const { devices, number, settings } = this.#deps;
    this.#session = session;
    this.#tried.add(session);
    this.#sign();
    devices.ask(session, { ...this.#question, seqnr: number(this) }, settings.deadlineMs).then(
      (answer) => this.#answered(session, answer),
      (error: unknown) => this.#fail(error),
    );
  }

  #answered(session: FullJid, answer: Answer): void {
    if (answer.kind === 'accepted') {
      this.#become('accepted');
      this.#deps.spoke(this.thing, session);
    }
    this.#sign();
    if (session !== this.#session) return;
    if (answer.kind === 'refused') this.#end('refused', WORDS.refused(answer.reason));
    if (answer.kind === 'gone') this.#forget(session);
    if (answer.kind === 'gone' || answer.kind === 'unserved') this.#lose();
  }

  /** The session that was asked will not answer. */
  #lose(): void {
    if (this.#state === 'reading') this.#end('gone', WORDS.left);
    else if (this.#become('gone')) this.#look();
  }

  #forget(session: FullJid): void {
    this.#deps.sessions.gone(session).catch(this.#deps.onFault);
  }

  /** A sign of life: the device has so long until it is woken. */
  #sign(): void {
    if (IS_ASKED.has(this.#state)) this.#alarm(this.#deps.settings.wakeMs, () => this.#wake());
  }

  #wake(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#alarm(this.#deps.settings.wakeMs, () => this.#wake());
    this.#deps.devices
      .ping(session, this.#deps.settings.deadlineMs)
      .then((answer) => {
        if (session !== this.#session || this.#state === 'ended') return;
        if (answer === 'gone') {
          this.#forget(session);
          this.#lose();
        } else if (answer === 'unclear' && this.#state === 'asking') {
          return this.#tryOther();
        }
        return undefined;
      })
      .catch((error: unknown) => this.#fail(error));
  }

  /** A session that gives no answer may be gone: if there is another, that one is asked too. */
  async #tryOther(): Promise<void> {
    const [other] = await this.#untried();
    if (other !== undefined && this.#state === 'asking') this.#ask(other);
  }

  #alarm(ms: number, run: () => void): void {
    this.#stopAlarm();
    this.#stopAlarm = this.#deps.timers.after(ms, run);
  }

  #fail(error: unknown): void {
    this.#deps.onFault(error);
    this.#end('over', WORDS.fault);
  }

  #become(event: Event): boolean {
    const next = NEXT[this.#state][event];
    if (next !== undefined) this.#state = next;
    return next !== undefined;
  }

  #end(event: Event, reason: string | undefined): void {
    if (!this.#become(event)) return;
    this.#stopDeadline();
    this.#stopAlarm();
    this.#leaveSlot();
    this.#deps.onEnd(this);
    for (const follower of [...this.#followers]) follower.ended(reason);
    this.#followers.clear();
  }
}
