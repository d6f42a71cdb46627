import type { ClaimedThing } from '../domain/thing.js';
import type { Context } from './context.js';
import type { Operation, Present, Submitted } from './operation.js';
import type { Given } from './read-form.js';
import { hasThing } from './which-thing.js';

/** An operation for one asker and, if it is on a Thing, one Thing. */
export interface Bound {
  present(): Promise<Present>;
  submit(given: Given): Promise<Submitted>;
}

/** @throws Error for an operation on a Thing without one: faces find it first. */
export function bind(operation: Operation, context: Context, thing: ClaimedThing | undefined): Bound {
  if (operation.on === 'component') {
    return { present: () => operation.present(context), submit: (given) => operation.submit(given, context) };
  }
  if (thing === undefined) throw new Error(`${operation.name} is an operation on a Thing, and there is none`);
  const onThing = { ...context, thing };
  return { present: () => operation.present(onThing), submit: (given) => operation.submit(given, onThing) };
}

/**
 * Whether the asker may run an operation: on this Thing, or, where none is named yet, on any at all.
 */
export async function mayRun({ on, may }: Operation, context: Context, thing?: ClaimedThing): Promise<boolean> {
  const { asker, services } = context;
  if (on === 'component') {
    const { access } = services;
    return thing === undefined && (may === 'anyone' ? access.mayUse(asker) : access.isAdministrator(asker.jid));
  }
  if (thing !== undefined) return services.access.may(asker, may.thing, thing);
  return hasThing(context, may.thing);
}
