import type { ClaimedThing, OwnershipId } from '../../domain/thing.js';
import { bind } from '../../operations/bind.js';
import type { Context } from '../../operations/context.js';
import type { Operation, Submitted } from '../../operations/operation.js';
import type { Faults, Outcome } from '../../operations/outcome.js';
import { type Given, keepable, showable } from '../../operations/read-form.js';
import { findThing, noteMissing, optionsOf, THING } from '../../operations/which-thing.js';
import type { DataForm } from '../../xmpp/data-form.js';
import type { CommandAnswer, Note, Step } from './codec.js';
import { confirmationOf, formOf, givenOf, resultOf, withOptions, withOptionsOf } from './forms.js';

/**
 * The stages of a command, of which each operation has some: which Thing it is on, unless the address says it; its
 * form; and, where it may be dangerous, to confirm it, which is passed over where what was given is not.
 */
export type Stage = 'thing' | 'form' | 'confirm';

/** How far the execution of a command has come. */
export interface Execution {
  readonly operation: Operation;
  readonly stages: readonly Stage[];
  /** An index of `stages`. */
  readonly at: number;
  /** The Thing that was chosen. */
  readonly chosen?: OwnershipId;
  /** What was given for the form; secrets are among it only until it is shown again. */
  readonly given: Given;
}

export type View = Pick<CommandAnswer, 'actions' | 'notes' | 'form' | 'status'>;
/** What comes of a step; `next` is where it goes on, where it does. */
export interface Stepped {
  readonly next?: Execution;
  readonly view: View;
  /** What is to happen once that has been answered. */
  readonly after?: () => Promise<void>;
}

export function begin(operation: Operation, target: ClaimedThing | undefined): Execution {
  const stages: Stage[] = [];
  if (operation.on === 'thing' && target === undefined) stages.push('thing');
  if (Object.keys(operation.fields).length > 0) stages.push('form');
  if (operation.isDangerous) stages.push('confirm');
  return { operation, stages, at: 0, given: new Map() };
}

/** What can be done at a stage beside `cancel`, the one that `execute` means last. */
export function stepsOf({ stages, at }: Execution): readonly Step[] {
  return [...(at > 0 ? (['prev'] as const) : []), at === stages.length - 1 ? 'complete' : 'next'];
}

/** Carries a command out for one asker at one address. */
export function createExecutor(context: Context, target: ClaimedThing | undefined) {
  /** The Thing, if there is one that the asker still has the right on. */
  async function thingOf({ operation, chosen }: Execution): Promise<ClaimedThing | undefined> {
    if (operation.on === 'component') return undefined;
    if (target !== undefined) return target;
    return chosen === undefined ? undefined : findThing(context, operation.may.thing, chosen);
  }

  /** Shows the present stage; with none, runs the operation. */
  async function show(execution: Execution, faults: Faults = NO_FAULTS): Promise<Stepped> {
    const stage = execution.stages[execution.at];
    if (stage === undefined) return run(execution);
    if (stage === 'thing') return showThings(execution, faults);
    const thing = await thingOf(execution);
    if (isGone(execution, thing)) return ended(GONE);
    const bound = bind(execution.operation, context, thing);
    if (stage === 'form') {
      const { note, values = new Map(), options = new Map() } = await bound.present();
      const { fields } = execution.operation;
      const { shown: given, withheld } = showable(fields, execution.given);
      const form = formOf(
        execution.operation,
        withOptionsOf(fields, options),
        new Map([...values, ...given]),
        withheldIn(faults, withheld),
      );
      const notes = [...notesOf(faults), ...withheld.map(again), ...(note === undefined ? [] : [info(note)])];
      return shown({ ...execution, given }, form, notes);
    }
    const submitted = await bound.submit(execution.given);
    if ('faults' in submitted) return backAfter(execution, submitted);
    const { question } = submitted;
    if (question === undefined) return outcomeOf(execution, await submitted.run());
    return shown(execution, confirmationOf(execution.operation, question), [{ type: 'warn', text: question }]);
  }

  async function showThings(execution: Execution, faults: Faults): Promise<Stepped> {
    const { operation, chosen } = execution;
    if (operation.on === 'component') throw new Error(`${operation.name} is on no Thing`);
    const options = await optionsOf(context, operation.may.thing);
    const field = withOptions(THING, options);
    const only = options.length === 1 ? options[0]?.value : undefined;
    const value = chosen ?? only;
    const values = new Map(value === undefined ? [] : [['thing', [value]]]);
    return shown(execution, formOf(operation, { thing: field }, values, faults), notesOf(faults));
  }

  /** Takes what was submitted at the present stage, and goes on to the next. */
  async function advance(execution: Execution, form: DataForm | undefined): Promise<Stepped> {
    const stage = execution.stages[execution.at];
    const { given, repeated } = form === undefined ? NOTHING : givenOf(form);
    if (stage === 'thing') return choose(execution, given, repeated);
    const { operation } = execution;
    const known = stage === 'form' ? { ...execution, given: keepable(operation.fields, given) } : execution;
    const thing = await thingOf(known);
    if (isGone(known, thing)) return ended(GONE);
    const submitted = await bind(operation, context, thing).submit(stage === 'form' ? given : known.given);
    const faulty = 'faults' in submitted ? submitted : { faults: NO_FAULTS };
    const faults = new Map([...faulty.faults, ...repeatedOf(known, repeated)]);
    if (faults.size > 0) return backAfter(known, { ...faulty, faults });
    return show({ ...known, at: known.at + 1 });
  }

  async function choose(execution: Execution, given: Given, repeated: Faults): Promise<Stepped> {
    const { operation } = execution;
    if (operation.on === 'component') throw new Error(`${operation.name} is on no Thing`);
    if (repeated.has('thing')) return show(execution, repeated);
    const [name = '', ...others] = given.get('thing') ?? [];
    const thing = others.length > 0 ? undefined : await findThing(context, operation.may.thing, name.trim());
    if (thing === undefined) {
      const shown = await show(execution, new Map([['thing', NO_SUCH_THING]]));
      return { ...shown, after: () => noteMissing(context, operation.name, name.trim()) };
    }
    return show({ ...execution, chosen: thing.ownership.id, at: execution.at + 1 });
  }

  async function run(execution: Execution): Promise<Stepped> {
    const { operation } = execution;
    const thing = await thingOf(execution);
    if (isGone(execution, thing)) return ended(GONE);
    const submitted = await bind(operation, context, thing).submit(execution.given);
    if ('faults' in submitted) return backAfter(execution, submitted);
    return outcomeOf(execution, await submitted.run());
  }

  async function backAfter(execution: Execution, { faults, after }: Faulty): Promise<Stepped> {
    return { ...(await back(execution, faults)), ...(after && { after }) };
  }

  /** To the form again, with what was given and what is wrong with it. */
  function back(execution: Execution, faults: Faults): Promise<Stepped> | Stepped {
    const at = execution.stages.indexOf('form');
    return at < 0 ? ended([...faults.values()].join(' ')) : show({ ...execution, at }, faults);
  }

  function outcomeOf(execution: Execution, outcome: Outcome): Promise<Stepped> | Stepped {
    if (outcome.outcome === 'faults') return back(execution, outcome.faults);
    if (outcome.outcome === 'refused') return ended(outcome.why);
    const { note, warning, after } = outcome;
    const form = resultOf(execution.operation, outcome);
    const warnings: Note[] = warning === undefined ? [] : [{ type: 'warn', text: warning }];
    const view: View = { status: 'completed', notes: [info(note), ...warnings], ...(form !== undefined && { form }) };
    return { view, ...(after !== undefined && { after }) };
  }

  return {
    show,
    advance,
    retreat: (execution: Execution) => show({ ...execution, at: execution.at - 1 }),
  };
}

type Faulty = Extract<Submitted, { readonly faults: Faults }>;
const NO_FAULTS: Faults = new Map();
const NOTHING = { given: new Map<string, readonly string[]>(), repeated: NO_FAULTS };
const GONE = 'The Thing is not there any more, or you have no right on it any more.';
/** Of a secret, which is in no form that we send. */
const AGAIN = 'What was given is not shown again; enter it anew.';
const NO_SUCH_THING = 'There is no such Thing on which you may do this.';

function isGone({ operation }: Execution, thing: ClaimedThing | undefined): boolean {
  return operation.on === 'thing' && thing === undefined;
}

/** Fields that there are not are passed over, however often. */
function repeatedOf({ operation }: Execution, repeated: Faults): [string, string][] {
  return [...repeated].filter(([name]) => Object.hasOwn(operation.fields, name));
}

function shown(execution: Execution, form: DataForm, notes: readonly Note[]): Stepped {
  const allowed = stepsOf(execution);
  return {
    next: execution,
    view: { status: 'executing', actions: { allowed, execute: allowed.at(-1) ?? 'next' }, notes, form },
  };
}

function ended(why: string): Stepped {
  return { view: { status: 'completed', notes: [{ type: 'error', text: why }] } };
}

function notesOf(faults: Faults): readonly Note[] {
  return [...faults].map(([name, fault]) => ({ type: 'error', text: `${name}: ${fault}` }));
}

/** Faults, and what to do about that which is not shown again. */
function withheldIn(faults: Faults, withheld: readonly string[]): Faults {
  const words = withheld.map((name): [string, string] => {
    const fault = faults.get(name);
    return [name, fault === undefined ? AGAIN : `${fault} ${AGAIN}`];
  });
  return new Map([...faults, ...words]);
}

function again(name: string): Note {
  return { type: 'warn', text: `${name}: ${AGAIN}` };
}

function info(text: string): Note {
  return { type: 'info', text };
}
