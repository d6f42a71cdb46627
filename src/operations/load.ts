import type { FailedClaimLimits } from '../domain/failed-claims.js';
import type { Use } from '../domain/overview.js';
import type { RateName } from '../domain/rates.js';
import type { Limit } from '../domain/retention.js';

/** How the process that the component runs in does. */
export interface Load {
  readonly version: string;
  /** Since the component was started, in ms. */
  readonly uptimeMs: number;
  /** In bytes: what the process has, and what of that is of JavaScript's own heap. */
  readonly memory: { readonly rss: number; readonly heap: number };
  /** Since it was started, in ms: how long what is ready to run waits for its turn, half of the time and 1 % of it. */
  readonly eventLoopDelay: { readonly p50: number; readonly p99: number };
  readonly readOuts: Use;
  readonly commandSessions: Use;
}

/** Limits that are set, or kept, elsewhere than in the domain; undefined: there is none now. */
export interface Limits {
  /** Of one stanza of the server: its length in characters and how deep its elements lie in each other. */
  readonly stanza: { readonly maxStanza: number; readonly maxDepth: number };
  readonly commandSessions: { readonly perAccount: number; readonly total: number; readonly idleMs: number };
  readonly readOuts: {
    readonly perAsker: number | undefined;
    readonly perDevice: number;
    readonly deadlineMs: number;
  };
  /** Of what a device reports in one message, and of one value in it in characters. */
  readonly report: { readonly itemsPerMessage: number; readonly text: number };
  readonly request: { readonly nodesPerRequest: number; readonly fieldsPerRequest: number };
  readonly failedClaims: FailedClaimLimits | undefined;
  /** How much of each rate one account may do, and how many Things it may have registered. */
  readonly rates: Readonly<Record<RateName, Limit>>;
  readonly things: Limit;
  /** How long what belongs to an ended ownership is kept, in ms. */
  readonly retentionEndedMs: number;
  /** For how many days entries of the audit trail are kept. */
  readonly retentionAudit: Limit;
}
