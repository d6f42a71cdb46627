/** Copies of the whole store, made while it is in use. What is in one was there at one and the same moment. */
export interface Backups {
  /** One at a time. It is on disk, and was found to be whole, when this resolves to `done`. */
  make(): Promise<BackedUp>;
}

export type BackedUp =
  | {
      readonly outcome: 'done';
      /** Where it is. */
      readonly file: string;
      readonly bytes: number;
      /** How long it took. */
      readonly ms: number;
      /** How many older ones were deleted. */
      readonly deleted: number;
    }
  | { readonly outcome: 'under-way' }
  /** Nothing is left of it; `why` is for the operator. */
  | { readonly outcome: 'failed'; readonly why: string };
