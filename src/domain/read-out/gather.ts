import type { Readers } from './ports.js';
import type { Fault, Sample } from './report.js';

/** What has come of a read-out so far. */
export interface Gathered {
  readonly samples: readonly Sample[];
  readonly faults: readonly Fault[];
  /** Whether there was more than is kept. */
  readonly isCut: boolean;
}

/** A read-out whose asker takes what comes of it in one piece, when it likes. */
export interface Gathering {
  soFar(): Gathered;
  /** Resolves when all has come. It never does for a read-out that is cancelled, or whose asker is gone. */
  readonly ended: Promise<void>;
}

/** Faults that are kept; people read no more. */
const MOST_FAULTS = 100;

/**
 * Keeps what a reader is told, instead of sending it.
 *
 * @param most how many values are kept.
 */
export function gather(most: number): { readonly gathering: Gathering; readonly readers: Readers } {
  const samples: Sample[] = [];
  const faults: Fault[] = [];
  let room = most;
  let isCut = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  function keep(sample: Sample): void {
    const fields = sample.fields.slice(0, room);
    if (fields.length < sample.fields.length) isCut = true;
    if (fields.length > 0) samples.push({ ...sample, fields });
    room -= fields.length;
  }

  const readers: Readers = {
    async send(_ends, message) {
      if (message.kind === 'fields') message.samples.forEach(keep);
      if (message.kind === 'failure') faults.push(...message.errors.slice(0, MOST_FAULTS - faults.length));
      if (message.kind === 'done') end();
      return true;
    },
    ping: async () => true,
  };
  return { gathering: { soFar: () => ({ samples, faults, isCut }), ended }, readers };
}
