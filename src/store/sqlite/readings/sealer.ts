import type { GroupCommit } from '../group-commit.js';
import type { KeptReadings } from './kept-readings.js';

/** A step takes about so long (ms): others have their turn in between. */
const STEP_MS = 2;
export interface Sealer {
  /** Has what is due sealed, step by step, while others are served. */
  wake(): void;
  /** Resolves when all that there is has been sealed. */
  all(): Promise<void>;
  stop(): void;
}

/** Drives the sealing. A step that failed is tried again when something arrives. */
export function sealer(commit: GroupCommit, kept: KeptReadings): Sealer {
  let isAwake = false;
  let isStopped = false;

  function step(isForced: boolean): boolean {
    const until = performance.now() + STEP_MS;
    while (kept.sealSome(isForced)) if (performance.now() >= until) return true;
    return false;
  }

  async function run(): Promise<void> {
    try {
      while (!isStopped && (await commit.run(() => step(false))));
    } catch {
      // The disk refuses, which the store tells everyone who wants to write.
    } finally {
      isAwake = false;
    }
  }

  return {
    wake() {
      if (isAwake || isStopped || !kept.log.isDue) return;
      isAwake = true;
      void run();
    },
    async all() {
      while (await commit.run(() => step(true)));
    },
    stop() {
      isStopped = true;
    },
  };
}
