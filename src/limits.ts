import { FAILED_CLAIM_LIMITS } from './domain/failed-claims.js';
import { RATES, type RateName } from './domain/rates.js';
import type { Limit } from './domain/retention.js';
import { brokerSettings, type LiveSettings, mostThings, rateOf, reportLimits } from './live-settings.js';
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
    rates: byName(rateOf(settings)),
    things: mostThings(settings)(),
    failedClaims: now.limits ? FAILED_CLAIM_LIMITS : undefined,
    retentionEndedMs: now.retentionEndedMs,
    retentionAudit: now.retentionAudit,
  };
}

function byName(amountOf: (name: RateName) => Limit): Record<RateName, Limit> {
  const names = Object.keys(RATES) as RateName[];
  return Object.fromEntries(names.map((name) => [name, amountOf(name)])) as Record<RateName, Limit>;
}
