/** Does one thing after the other, in the order in which they were given. */
export interface Lane {
  /** Resolves or rejects as the task does; a task that fails does not keep the next from running. */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const result = last.then(task);
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** One lane a key; lanes that are empty take no room. */
export interface Lanes {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, { readonly lane: Lane; waiting: number }>();
  return {
    async run(key, task) {
      const entry = lanes.get(key) ?? { lane: createLane(), waiting: 0 };
      lanes.set(key, entry);
      entry.waiting += 1;
      try {
        return await entry.lane.run(task);
      } finally {
        entry.waiting -= 1;
        if (entry.waiting === 0) lanes.delete(key);
      }
    },
  };
}
