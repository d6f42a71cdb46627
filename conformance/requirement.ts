/**
 * What a specification says, in a few words of ours, under how it says it: `says` is a sentence of behaviour without
 * one of the three words.
 */
type Statement =
  | { readonly MUST: string }
  | { readonly SHOULD: string }
  | { readonly MAY: string }
  | { readonly says: string };

/** How it is kept. */
type Conduct =
  /** As it is said. */
  | { readonly done: Tests; readonly maySkip?: string }
  /** Another way on purpose, and why; what is done instead is tested as well. */
  | { readonly otherwise: string; readonly shown: Tests; readonly maySkip?: string }
  /** Not, and why. */
  | { readonly not: string }
  /** It is asked of somebody else: who. */
  | { readonly others: string };

/**
 * The tests that fail if it were not so, as `file: name`. The file is one of FILES by its short name; the name is the full one
 * that vitest reports. A `*` at its end, and only there, stands for all tests whose names begin so. `maySkip` says why none of them may
 * have run, such as a program that cannot be had on every machine.
 */
type Tests = string | readonly string[];

export type Requirement = Statement & Conduct;

export interface Specification {
  /** The number: `0347`. */
  readonly xep: string;
  readonly name: string;
  readonly version: string;
  /** What the component is in it, and what of it does not apply. */
  readonly scope: string;
  /** By section, in the order of the specification. */
  readonly sections: Readonly<Record<string, readonly Requirement[]>>;
}

/** A way of writing that is not that of the present version. */
export interface Dialect {
  readonly written: string;
  readonly xep: string;
  /** Read as this, or refused because of that. */
  readonly understood: string | undefined;
  readonly refused?: string;
  readonly tests: Tests;
}

export const FORCES = ['MUST', 'SHOULD', 'MAY', 'says'] as const;
export type Force = (typeof FORCES)[number];
export const STATES = ['done', 'otherwise', 'not', 'others'] as const;
export type State = (typeof STATES)[number];

/** A requirement in one shape, for who prints or checks it. */
export interface Line {
  readonly xep: string;
  readonly section: string;
  readonly force: Force;
  readonly text: string;
  readonly state: State;
  /** Why it is otherwise or not, or who is asked. */
  readonly why: string;
  readonly tests: readonly string[];
  readonly maySkip: boolean;
}

export function linesOf({ xep, sections }: Specification): Line[] {
  return Object.entries(sections).flatMap(([section, requirements]) =>
    requirements.map((requirement) => ({ xep, section, ...statementOf(requirement), ...conductOf(requirement) })),
  );
}

/** The tests named, as a list. */
export function listOf(tests: Tests): readonly string[] {
  return typeof tests === 'string' ? [tests] : tests;
}

function statementOf(requirement: Requirement): Pick<Line, 'force' | 'text'> {
  if ('MUST' in requirement) return { force: 'MUST', text: requirement.MUST };
  if ('SHOULD' in requirement) return { force: 'SHOULD', text: requirement.SHOULD };
  if ('MAY' in requirement) return { force: 'MAY', text: requirement.MAY };
  return { force: 'says', text: requirement.says };
}

function conductOf(requirement: Requirement): Pick<Line, 'state' | 'why' | 'tests' | 'maySkip'> {
  const maySkip = 'maySkip' in requirement && requirement.maySkip !== undefined;
  if ('done' in requirement) return { state: 'done', why: '', tests: listOf(requirement.done), maySkip };
  if ('otherwise' in requirement) {
    return { state: 'otherwise', why: requirement.otherwise, tests: listOf(requirement.shown), maySkip };
  }
  if ('not' in requirement) return { state: 'not', why: requirement.not, tests: [], maySkip };
  return { state: 'others', why: requirement.others, tests: [], maySkip };
}
