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

/** What a store holds, or a copy of one. */
export interface Contents {
  /** The number of its schema. */
  readonly schema: number;
  readonly things: number;
  readonly readings: number;
}

/** A backup of one's own choice of place, made by the command line. */
export interface BackupFile extends Contents {
  /** Where it is. */
  readonly file: string;
  readonly bytes: number;
}

/** A backup that has taken the place of the store. */
export interface Restored extends Contents {
  /** The schema that this program brings it to at the next start. */
  readonly known: number;
  /** Where what was there before is kept; absent where nothing was. */
  readonly aside?: string;
  /** Whether nothing shows that the backup is what it was: it has no checksum. */
  readonly isUnproven: boolean;
  /** What cannot be read in it, and could not when it was made. */
  readonly damage: readonly string[];
}
