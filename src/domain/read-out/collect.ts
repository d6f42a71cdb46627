import type { Asked, DeviceReadOuts } from './device-read-outs.js';
import type { Fault } from './report.js';

/** What came of a read-out that nobody waits for but the store. */
export interface Collected {
  /** How many values were stored: all that the Thing reported, asked for or not. */
  readonly values: number;
  /** The first few of what could not be read or taken. */
  readonly faults: readonly Fault[];
  /** Why there is no more, where that is not that the Thing is done. */
  readonly reason: string | undefined;
}

const MOST_FAULTS = 20;

/** Asks a Thing, or joins those who ask it the same already, and counts what is stored of its answer. */
export function collect(
  readOuts: Pick<DeviceReadOuts, 'follow'>,
  asked: Asked,
  onProgress: (values: number) => void = () => undefined,
): Promise<Collected> {
  return new Promise((resolve) => {
    let values = 0;
    const faults: Fault[] = [];
    readOuts.follow(asked, {
      arrived(arrivals) {
        for (const { samples } of arrivals) for (const { fields } of samples) values += fields.length;
        onProgress(values);
      },
      failed: (more) => void faults.push(...more.slice(0, MOST_FAULTS - faults.length)),
      ended: (reason) => resolve({ values, faults, reason }),
    });
  });
}
