import type { Database } from 'better-sqlite3';

/** How many Things are public: counted once, then kept, since to count a million takes as long as thousands of searches. */
export interface PublicThings {
  count(): number;
  /** @param by to be told with every write that makes Things public, or so many fewer. */
  changed(by: number): void;
  /** To be told when writes have been undone. */
  undone(): void;
}

export function publicThings(db: Database): PublicThings {
  const countAll = db.prepare<[], number>('SELECT count(*) FROM thing WHERE visibility = 1').pluck();
  let known: number | undefined;
  return {
    count: () => {
      known ??= countAll.get() ?? 0;
      return known;
    },
    changed: (by) => {
      if (known !== undefined) known += by;
    },
    undone: () => {
      known = undefined;
    },
  };
}
