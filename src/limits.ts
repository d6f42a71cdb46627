import { FAILED_CLAIM_LIMITS } from './domain/failed-claims.js';
import { brokerSettings, type LiveSettings, reportLimits } from './live-settings.js';
import type { Limits } from './operations/load.js';
import { SESSION_LIMITS } from './xep/0050-commands/sessions.js';
import { LIMITS } from './xep/0323-sensor-data/limits.js';
import { DEFAULT_LIMITS } from './xmpp/parser.js';

/** The limits that hold now, from where each is set or kept. */
export function limitsOf(settings: LiveSettings): Limits {
  const { now } = settings;
  return {
    stanza: DEFAULT_LIMITS,
    commandSessions: SESSION_LIMITS,
    readOuts: brokerSettings(settings),
    report: reportLimits(settings),
    request: LIMITS,
    failedClaims: now.limits ? FAILED_CLAIM_LIMITS : undefined,
    retentionEndedMs: now.retentionEndedMs,
    retentionAudit: now.retentionAudit,
  };
}
