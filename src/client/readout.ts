import type { Fault, Report } from '../domain/read-out/report.js';
import type { Reading } from '../domain/reading.js';
import { NO_ANSWER, type Outcome } from './outcome.js';

/** How a read-out ended. What was read before counts in any case. */
export interface ReadoutEnd {
  /** `refused`: the other side did not take the request; `silent`: nothing (more) came. */
  readonly outcome: 'done' | 'refused' | 'silent' | 'cancelled';
  /** Why it was refused, in words. */
  readonly why?: string;
  /** Nodes that could not be read, and why. */
  readonly failures: readonly Fault[];
}

/**
 * A read-out under way (XEP-0323 section 3).
 *
 *     for await (const reading of client.read(address, { types: ['momentary'] })) console.log(reading.name, reading.value);
 */
export interface Readout extends AsyncIterable<Reading> {
  /** Whether the other side took the request; before its data, as a rule. */
  readonly accepted: Promise<Outcome<{ readonly queued: boolean }>>;
  /** Resolves when no more will come. Never rejects. */
  readonly ended: Promise<ReadoutEnd>;
  /** All that it brings, and its end. */
  all(): Promise<{ readonly readings: readonly Reading[]; readonly end: ReadoutEnd }>;
  /** Tells the other side that no more is wanted; the read-out ends at once. */
  cancel(): void;
}

/** A read-out, and what has come and was not taken yet. */
export class OpenReadout implements Readout {
  readonly accepted: Promise<Outcome<{ readonly queued: boolean }>>;
  readonly ended: Promise<ReadoutEnd>;
  readonly #patienceMs: number;
  readonly #told: { readonly ended: () => void; readonly cancelled: () => void };
  readonly #readings: Reading[] = [];
  readonly #failures: Fault[] = [];
  #wake: () => void = () => undefined;
  #end: ReadoutEnd | undefined;
  #resolveEnded: (end: ReadoutEnd) => void = () => undefined;
  #resolveAccepted: (outcome: Outcome<{ readonly queued: boolean }>) => void = () => undefined;
  #timer: NodeJS.Timeout;

  constructor(patienceMs: number, told: { readonly ended: () => void; readonly cancelled: () => void }) {
    this.#patienceMs = patienceMs;
    this.#told = told;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.accepted = new Promise((resolve) => {
      this.#resolveAccepted = resolve;
    });
    this.#timer = this.#patience();
  }

  begin(answer: Promise<Outcome<{ readonly queued: boolean }>>): void {
    void answer.then((outcome) => {
      this.#resolveAccepted(outcome);
      if (!outcome.ok) this.end(outcome === NO_ANSWER ? 'silent' : 'refused', outcome.why);
      // Until its time has come nothing is to be expected; the other side's deadline holds after that.
      else if (outcome.value.queued) clearTimeout(this.#timer);
    });
  }

  alive(): void {
    clearTimeout(this.#timer);
    if (this.#end === undefined) this.#timer = this.#patience();
  }

  fields({ samples, faults, done }: Report): void {
    this.alive();
    for (const { node, at, fields } of samples) {
      for (const field of fields) this.#readings.push({ ...field, node, at });
    }
    this.failed(faults, done);
  }

  failed(errors: readonly Fault[], done: boolean): void {
    this.alive();
    this.#failures.push(...errors);
    this.#wake();
    if (done) this.end('done');
  }

  end(outcome: ReadoutEnd['outcome'], why = ''): void {
    if (this.#end !== undefined) return;
    clearTimeout(this.#timer);
    this.#end = { outcome, failures: this.#failures, ...(outcome === 'refused' && { why }) };
    this.#told.ended();
    this.#resolveEnded(this.#end);
    this.#wake();
  }

  cancel(): void {
    if (this.#end !== undefined) return;
    this.end('cancelled');
    this.#told.cancelled();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Reading, undefined> {
    try {
      for (;;) {
        yield* this.#readings.splice(0);
        if (this.#readings.length > 0) continue;
        if (this.#end !== undefined) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.cancel(); // who stops taking wants no more
    }
  }

  async all(): Promise<{ readonly readings: readonly Reading[]; readonly end: ReadoutEnd }> {
    const readings: Reading[] = [];
    for await (const reading of this) readings.push(reading);
    return { readings, end: await this.ended };
  }

  #patience(): NodeJS.Timeout {
    return setTimeout(() => this.end('silent'), this.#patienceMs);
  }
}
