/** Does one thing after the other, in the order in which they were given; some together with their neighbours. */
export interface Lane {
  /** Resolves or rejects as the task does; a task that fails does not keep the next from running. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /**
   * The same, but for neighbours that were given in this way, too: they begin in order, and do not wait for each other. What
   * they write is written in order, as long as they wait for as much before they write.
   */
  runTogether<T>(task: () => Promise<T>): Promise<T>;
}

export function createLane(): Lane {
  let alone: Promise<unknown> = Promise.resolve();
  let together: Promise<unknown> = alone;
  return {
    run(task) {
      const result = together.then(task);
      alone = result.catch(() => undefined);
      together = alone;
      return result;
    },
    runTogether(task) {
      const result = alone.then(task);
      const [before, ended] = [together, result.catch(() => undefined)];
      together = ended.then(() => before);
      return result;
    },
  };
}

/** One lane a key; lanes that are empty take no room. */
export interface Lanes {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
  runTogether<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, { readonly lane: Lane; waiting: number }>();

  async function inLane<T>(key: string, run: (lane: Lane) => Promise<T>): Promise<T> {
    const entry = lanes.get(key) ?? { lane: createLane(), waiting: 0 };
    lanes.set(key, entry);
    entry.waiting += 1;
    try {
      return await run(entry.lane);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) lanes.delete(key);
    }
  }

  return {
    run: (key, task) => inLane(key, (lane) => lane.run(task)),
    runTogether: (key, task) => inLane(key, (lane) => lane.runTogether(task)),
  };
}
