import type { AuditEntry, Audited } from '../domain/audit.js';
import { nameOf } from '../domain/thing.js';
import type { ThingContext } from './context.js';

/** The entry of an operation on a Thing in the audit trail. */
export function auditedOn({ services, asker, thing }: ThingContext, action: Audited, outcome: string): AuditEntry {
  const { address, ownership } = thing;
  const at = services.clock.now();
  return { at, actor: asker.session, action, subject: nameOf(address), outcome, ownership: ownership.id };
}
