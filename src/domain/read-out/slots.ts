/** Keeps a device from being asked too much at once: each key has so many places, and a queue before them. */
export interface Slots {
  /**
   * Calls `enter` as soon as there is a place, at once where there is one.
   * @returns what gives the place up again, or the wait for it.
   */
  take(key: string, enter: () => void): () => void;
}

interface Row {
  taken: number;
  readonly waiting: Set<() => void>;
}

export function createSlots(places: number): Slots {
  const rows = new Map<string, Row>();

  function leave(key: string, row: Row): void {
    row.taken -= 1;
    const [next] = row.waiting;
    if (next !== undefined) next();
    else if (row.taken === 0) rows.delete(key);
  }

  return {
    take(key, enter) {
      const row = rows.get(key) ?? { taken: 0, waiting: new Set() };
      rows.set(key, row);
      let has = false;
      const begin = (): void => {
        row.waiting.delete(begin);
        row.taken += 1;
        has = true;
        enter();
      };
      let isOver = false;
      if (row.taken < places) begin();
      else row.waiting.add(begin);
      return () => {
        if (isOver) return;
        isOver = true;
        row.waiting.delete(begin);
        if (has) leave(key, row);
      };
    },
  };
}
