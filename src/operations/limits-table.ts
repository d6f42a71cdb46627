import type { Use, Uses } from '../domain/overview.js';
import { RATES, type RateName } from '../domain/rates.js';
import { MOST_THINGS } from '../domain/read-out/find-parts.js';
import { RECORDER_SETTINGS } from '../domain/recording/recorder.js';
import { PERIOD } from '../domain/recording/recording.js';
import type { Retention } from '../domain/retention.js';
import { PAGE } from '../domain/search.js';
import { MOST_SHARES } from '../domain/sharing.js';
import { LIMITS } from '../domain/tags.js';
import type { Limits, Load } from './load.js';

/** A limit that is in force. */
export interface Limited {
  readonly name: string;
  /** What it limits. */
  readonly about: string;
  readonly unit: string;
  readonly limit: number | 'off';
  /** How far it is used, where that is known. */
  readonly use?: (uses: Uses, load: Load) => Use;
}

/** All limits, each from where it is set or kept. */
export function limitsTable(elsewhere: Limits, retention: Required<Retention>): readonly Limited[] {
  return [
    ...ofAccounts(elsewhere),
    ...ofRates(elsewhere),
    ...ofThings(),
    ...ofStanzas(elsewhere),
    ...ofTime(elsewhere, retention),
  ];
}

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

function ofAccounts({ readOuts, commandSessions, failedClaims, request }: Limits): readonly Limited[] {
  const { perJid = 'off', perDomain = 'off', inTotal = 'off' } = failedClaims ?? {};
  return [
    {
      name: 'read-outs',
      about: 'Read-outs that one account has open, those that wait for their time included',
      unit: '',
      limit: readOuts.perAsker ?? 'off',
      use: ({ queued }, load) => eitherOf(load.readOuts, queued),
    },
    {
      name: 'command-sessions',
      about: 'Commands that one account has begun',
      unit: '',
      limit: commandSessions.perAccount,
      use: (_uses, load) => load.commandSessions,
    },
    {
      name: 'command-sessions-total',
      about: 'Commands that all accounts have begun',
      unit: '',
      limit: commandSessions.total,
      use: (_uses, { commandSessions: { total = 0 } }) => ({ total }),
    },
    {
      name: 'failed-claims',
      about: 'Failed claims of one JID in an hour',
      unit: '',
      limit: perJid,
      use: (uses) => uses.failedClaims.byJid,
    },
    {
      name: 'failed-claims-domain',
      about: 'Failed claims of one foreign domain in an hour',
      unit: '',
      limit: perDomain,
      use: (uses) => uses.failedClaims.byDomain,
    },
    {
      name: 'failed-claims-total',
      about: 'Failed claims of all in an hour',
      unit: '',
      limit: inTotal,
      use: (uses) => uses.failedClaims.total,
    },
    { name: 'request-things', about: 'Things read by one request that names none', unit: '', limit: MOST_THINGS },
    { name: 'request-nodes', about: 'Nodes named in one request', unit: '', limit: request.nodesPerRequest },
    { name: 'request-fields', about: 'Fields named in one request', unit: '', limit: request.fieldsPerRequest },
    { name: 'search-results', about: 'Things in one answer to a search', unit: '', limit: PAGE.most },
  ];
}

function ofRates({ rates, things }: Limits): readonly Limited[] {
  const names = Object.keys(RATES) as RateName[];
  const all = names.map((name): Limited => {
    const { what, period } = RATES[name];
    return {
      name,
      about: `${what[0]?.toUpperCase()}${what.slice(1)} of one account ${period}, in the long run`,
      unit: '',
      limit: rates[name],
    };
  });
  return [...all, { name: 'things', about: 'Things that one account may have registered', unit: '', limit: things }];
}

function ofThings(): readonly Limited[] {
  return [
    { name: 'tags', about: 'Tags of one Thing', unit: '', limit: LIMITS.tagsPerThing, use: ({ tags }) => tags },
    { name: 'tag-name', about: 'Name of a tag', unit: 'characters', limit: LIMITS.nameLength },
    { name: 'tag-value', about: 'Value of a tag that is a text', unit: 'characters', limit: LIMITS.valueLength },
    {
      name: 'shares',
      about: 'With how many one Thing is shared',
      unit: '',
      limit: MOST_SHARES,
      use: ({ shares }) => shares,
    },
  ];
}

function ofStanzas({ stanza, report, readOuts }: Limits): readonly Limited[] {
  return [
    { name: 'stanza', about: 'Length of one stanza', unit: 'characters', limit: stanza.maxStanza },
    {
      name: 'stanza-depth',
      about: 'How deep the elements of one stanza lie in each other',
      unit: '',
      limit: stanza.maxDepth,
    },
    { name: 'report-items', about: 'Nodes, times and values in one report', unit: '', limit: report.itemsPerMessage },
    { name: 'report-text', about: 'One value in a report', unit: 'characters', limit: report.text },
    {
      name: 'device-questions',
      about: 'Questions that one device is asked at once',
      unit: '',
      limit: readOuts.perDevice,
    },
    {
      name: 'recordings',
      about: 'Things that are read at once because of recordings',
      unit: '',
      limit: RECORDER_SETTINGS.atOnce,
    },
  ];
}

function ofTime({ commandSessions, readOuts, ...kept }: Limits, retention: Required<Retention>): readonly Limited[] {
  const { idleMs } = commandSessions;
  return [
    {
      name: 'device-deadline',
      about: 'How long a device has to answer',
      unit: 's',
      limit: readOuts.deadlineMs / SECOND,
    },
    { name: 'command-idle', about: 'How long a command waits for its next step', unit: 's', limit: idleMs / SECOND },
    {
      name: 'recording-period',
      about: 'How often a recording reads, at most every',
      unit: 's',
      limit: PERIOD.least / SECOND,
    },
    { name: 'retention', about: 'How long readings are kept', unit: unitOf(retention.days), limit: retention.days },
    { name: 'retention-count', about: 'How many readings of each series are kept', unit: '', limit: retention.count },
    {
      name: 'retention-ended',
      about: 'How long the history of an ended ownership is kept',
      unit: 'days',
      limit: kept.retentionEndedMs / DAY,
    },
    {
      name: 'retention-audit',
      about: 'How long entries of the audit trail are kept',
      unit: unitOf(kept.retentionAudit),
      limit: kept.retentionAudit,
    },
  ];
}

function unitOf(days: number | 'off'): string {
  return days === 'off' ? '' : 'days';
}

/** Of what counts together, but is counted in two places: all of both, and the most that one is known to have in either. */
function eitherOf(a: Use, b: Use): Use {
  const [most] = [a.greatest, b.greatest]
    .filter((greatest) => greatest !== undefined)
    .sort((one, other) => other.count - one.count);
  return { total: (a.total ?? 0) + (b.total ?? 0), ...(most && { greatest: most }) };
}
