/** What came of an operation, in words for who asked. */
export type Outcome =
  | Done
  /** The rules forbid it, or the world: everything is as it was. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** What is wrong with which field: the form is to be given back. */
  | { readonly outcome: 'faults'; readonly faults: Faults };

export interface Done {
  readonly outcome: 'done';
  readonly note: string;
  /** What is to be watched out for, although it was done. */
  readonly warning?: string;
  readonly facts?: readonly Fact[];
  readonly table?: Table;
  /** What is to happen once the asker has been answered. */
  readonly after?: () => Promise<void>;
}

/** Something to be shown, by a name that programs can rely on and a label for people. */
export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

export interface Table {
  readonly columns: readonly Omit<Fact, 'values'>[];
  /** Values in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
}

/** Faults in words, by the names of the fields. */
export type Faults = ReadonlyMap<string, string>;

export function done(note: string, more: Omit<Done, 'outcome' | 'note'> = {}): Done {
  return { outcome: 'done', note, ...more };
}

export function refused(why: string): Outcome {
  return { outcome: 'refused', why };
}

/** What is wrong with one field. */
export function faulty(field: string, words: string): Extract<Outcome, { readonly outcome: 'faults' }> {
  return { outcome: 'faults', faults: new Map([[field, words]]) };
}

/**
 * A page of a table. Where the next one begins is in the last row, in a column `next` that is there if there is one: a form
 * of type result with a table has no fields of its own (XEP-0004 section 3.4), and programs are not to read notes.
 */
export function pageOf({ columns, rows }: Table, next: string | undefined): Table {
  if (next === undefined) return { columns, rows };
  const last = rows.length - 1;
  return {
    columns: [...columns, { name: 'next', label: 'Next page' }],
    rows: rows.map((row, at) => [...row, at === last ? next : '']),
  };
}
