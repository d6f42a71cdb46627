import { type CommandAnswer, type CommandRequest, decodeAnswer, encodeRequest } from '../xep/0050-commands/codec.js';
import type { DataForm, FormField } from '../xmpp/data-form.js';
import type { StanzaError } from '../xmpp/stanza-error.js';
import type { Client } from './client.js';
import { type Outcome, outcomeOf } from './outcome.js';

/** Values for the fields of a command's forms, by name. */
export type CommandValues = Readonly<Record<string, readonly string[]>>;

/** What came of a command. Where it is not `completed` nothing was done, and it was cancelled. */
export type CommandOutcome =
  | { readonly kind: 'completed'; readonly notes: CommandAnswer['notes']; readonly form?: DataForm }
  /** It was not to be run (`error` says by which condition, where it was one), or nobody answered. */
  | { readonly kind: 'refused'; readonly why: string; readonly error?: StanzaError }
  /** Fields that have to be given were not. */
  | { readonly kind: 'missing'; readonly fields: readonly FormField[] }
  /** The form came back: what is wrong with it, in words. */
  | { readonly kind: 'faulty'; readonly faults: readonly string[] }
  /** It is dangerous, and waits for a confirmation that was not given. */
  | { readonly kind: 'unconfirmed'; readonly question: string };

export interface CommandOptions {
  readonly values?: CommandValues;
  /** Whether to go on where one is asked again, or who says so. */
  readonly confirm?: boolean | ((question: string) => Promise<boolean>);
}

/** A command with more stages than this has gone round in a circle. */
const MOST_STAGES = 20;

/**
 * Runs an ad-hoc command (XEP-0050) from its first stage to its last, filling in each form what is given for it and
 * leaving the rest as it is.
 *
 * @param to the address of who offers it.
 * @param node which command: `thingstead:record`.
 */
export async function runCommand(
  client: Pick<Client, 'ask'>,
  to: string,
  node: string,
  { values = {}, confirm = false }: CommandOptions = {},
): Promise<CommandOutcome> {
  async function send(request: Omit<CommandRequest, 'node'>): Promise<Outcome<CommandAnswer>> {
    return outcomeOf(await client.ask('set', to, encodeRequest({ ...request, node })), decodeAnswer);
  }

  async function give<T extends CommandOutcome>(up: T, sessionid: string): Promise<T> {
    await send({ sessionid, action: 'cancel' });
    return up;
  }

  let answer = await send({ action: 'execute' });
  for (let stage = 0; answer.ok && answer.value.status === 'executing' && stage < MOST_STAGES; stage++) {
    const { sessionid, actions } = answer.value;
    const step = await nextStep(answer.value, values, confirm);
    if ('kind' in step) return give(step, sessionid);
    const action = actions?.execute ?? 'complete';
    answer = await send({ sessionid, action, form: { type: 'submit', fields: step.fields } });
  }
  if (!answer.ok) return { kind: 'refused', why: answer.why, ...(answer.error && { error: answer.error }) };
  const { status, notes, form, sessionid } = answer.value;
  if (status === 'executing') return give({ kind: 'refused', why: 'The command has no end.' }, sessionid);
  if (status === 'canceled') return { kind: 'refused', why: 'The command was cancelled.' };
  return { kind: 'completed', notes, ...(form !== undefined && { form }) };
}

/** What is submitted at a stage, or why the command is given up. */
async function nextStep(
  { form, notes }: CommandAnswer,
  values: CommandValues,
  confirm: NonNullable<CommandOptions['confirm']>,
): Promise<CommandOutcome | { readonly fields: readonly FormField[] }> {
  const faults = notes.filter(({ type }) => type === 'error').map(({ text }) => text);
  if (faults.length > 0) return { kind: 'faulty', faults };
  const question = questionOf(form);
  const isConfirmed = question === undefined || (typeof confirm === 'boolean' ? confirm : await confirm(question));
  if (!isConfirmed) return { kind: 'unconfirmed', question };
  const { fields, missing } = fill(form, values);
  return missing.length > 0 ? { kind: 'missing', fields: missing } : { fields };
}

/** What is asked where there is nothing to fill in. */
function questionOf(form: DataForm | undefined): string | undefined {
  if (form === undefined || form.fields.length === 0) return undefined;
  const isText = form.fields.every(({ type }) => type === 'fixed');
  return isText ? form.fields.flatMap(({ values }) => values).join('\n') : undefined;
}

function fill(form: DataForm | undefined, given: CommandValues) {
  const fields: FormField[] = [];
  const missing: FormField[] = [];
  for (const field of form?.fields ?? []) {
    if (field.type === 'fixed') continue;
    const values = Object.hasOwn(given, field.name) ? (given[field.name] ?? []) : field.values;
    if (field.required === true && values.length === 0) missing.push(field);
    fields.push({ name: field.name, values });
  }
  return { fields, missing };
}
