import type { AuditEntry } from '../domain/ports.js';
import { nameOf } from '../domain/thing.js';
import type { ThingContext } from './context.js';

/** The entry of an operation on a Thing in the audit trail. */
export function auditedOn({ services, asker, thing }: ThingContext, action: string, outcome: string): AuditEntry {
  return { at: services.clock.now(), actor: asker.session, action, subject: nameOf(thing.address), outcome };
}
