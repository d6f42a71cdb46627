/** Something that is wrong with a database, in words for its operator. */
export interface Fault {
  readonly words: string;
  /** What to do about it, where it is something else than about the other faults of its kind. */
  readonly todo?: string;
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
