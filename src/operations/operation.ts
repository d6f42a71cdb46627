import type { Right } from '../domain/access.js';
import type { Context, ThingContext } from './context.js';
import type { FieldDescription, Fields, Input, Option } from './field.js';
import type { Faults, Outcome } from './outcome.js';
import { type Given, readForm } from './read-form.js';

/**
 * Who may run an operation: whoever may use the component, who has that right on the Thing, or administrators. There is
 * no default: an operation that does not say it does not compile.
 */
export type Permission = 'anyone' | 'administrator' | { readonly thing: Right };

/** What there is at present of what an operation sets. */
export interface Present {
  readonly note?: string;
  /** What its fields hold. */
  readonly values?: Given;
  /** What there is to choose from, by the names of fields that are lists, where that is not always the same. */
  readonly options?: ReadonlyMap<string, readonly Option[]>;
}

/** An operation as its own file writes it down: plain data, and what it does. */
interface Definition<C extends Context, F extends Fields> {
  /** Its ad-hoc node is `thingstead:<name>`, its command `thingstead <name>`. */
  readonly name: string;
  readonly label: string;
  /** What it does, in a sentence or two. */
  readonly about: string;
  /** In the order in which they are shown. */
  readonly fields: F;
  readonly present?: (context: C) => Promise<Present>;
  /**
   * Whether something is named on which the asker has no right, or which is not there: that is said as a fault, and put into
   * the audit trail once it has been answered (DESIGN section 2).
   */
  readonly denies?: (input: Input<F>, context: C) => Promise<Denied | undefined> | Denied | undefined;
  /**
   * What is wrong with values that each could be, together or as things are: said before a question is asked, and judged
   * again before it is run. What may change in between is for the store's transaction to judge in any case.
   */
  readonly check?: (input: Input<F>, context: C) => Faults | undefined | Promise<Faults | undefined>;
  /** Of an operation that may be dangerous: what the asker has to confirm before it is run; undefined: nothing. */
  readonly question?: (input: Input<F>, context: C) => Question | Promise<Question>;
  readonly run: (input: Input<F>, context: C) => Promise<Outcome>;
}

type Question = string | undefined;

export interface Denied {
  readonly faults: Faults;
  /** Notes it. */
  readonly note: () => Promise<void>;
}

/** An operation as faces use it: its fields and values as text. */
export interface Bindable<C extends Context> {
  readonly name: string;
  readonly label: string;
  readonly about: string;
  readonly fields: Readonly<Record<string, FieldDescription>>;
  /** Whether it may have a question. */
  readonly isDangerous: boolean;
  readonly present: (context: C) => Promise<Present>;
  /** Reads what was given; nothing is done before `run` is called. */
  readonly submit: (given: Given, context: C) => Promise<Submitted>;
}

export type Submitted =
  | {
      readonly faults: Faults;
      /** What is to happen once the asker has been answered. */
      readonly after?: () => Promise<void>;
    }
  | { readonly question: Question; readonly run: () => Promise<Outcome> };

export interface GeneralOperation extends Bindable<Context> {
  readonly on: 'component';
  readonly may: 'anyone' | 'administrator';
}

/** Which Thing is meant is no field of its own: faces ask for it first, as `thing`, or know it already. */
export interface ThingOperation extends Bindable<ThingContext> {
  readonly on: 'thing';
  readonly may: { readonly thing: Right };
}

export type Operation = GeneralOperation | ThingOperation;

export function operation<F extends Fields>(
  definition: Definition<Context, F> & { readonly may: GeneralOperation['may'] },
): GeneralOperation {
  return { ...bindable(definition, () => undefined), on: 'component', may: definition.may };
}

export function operationOnThing<F extends Fields>(
  definition: Definition<ThingContext, F> & { readonly may: ThingOperation['may'] },
): ThingOperation {
  return { ...bindable(definition, ({ thing }) => thing), on: 'thing', may: definition.may };
}

function bindable<C extends Context, F extends Fields>(
  { name, label, about, fields, present = async () => ({}), denies, check, question, run }: Definition<C, F>,
  thingOf: (context: C) => ThingContext['thing'] | undefined,
): Bindable<C> {
  return {
    name,
    label,
    about,
    fields,
    isDangerous: question !== undefined,
    present,
    async submit(given, context) {
      const { values = new Map() } = await present(context);
      const { zoneOf, bareJid } = context.services;
      const read = readForm(fields, given, values, { zone: zoneOf(thingOf(context)), bareJid });
      if ('faults' in read) return read;
      const denied = await denies?.(read.input, context);
      if (denied !== undefined) return { faults: denied.faults, after: denied.note };
      const faults = await check?.(read.input, context);
      if (faults !== undefined) return { faults };
      return { question: await question?.(read.input, context), run: () => run(read.input, context) };
    },
  };
}
