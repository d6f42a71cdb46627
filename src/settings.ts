import type { BareJid } from './domain/jid.js';
import { parseJid } from './xmpp/jid.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
/** What the log does not say in clear. */
export const LOG_REDACTIONS = ['off', 'jids'] as const;
export type LogRedaction = (typeof LOG_REDACTIONS)[number];

/** Reads one setting from its text. @throws a `Fault` that says what is wrong with it. */
type Read<T> = (text: string) => T;

export interface Setting<T> {
  /** The name in the settings file; dots are levels of it. */
  readonly key: string;
  readonly variable: string;
  /** As it would be written; absent: it must be given. */
  readonly otherwise?: string;
  readonly read: Read<T>;
  /** For the README: what it is for. */
  readonly about: string;
  /** Whether it holds as soon as the settings are read again; all others wait for a restart. */
  readonly isLive?: true;
  /** Whether its value is never shown. */
  readonly isSecret?: true;
}

/** What is wrong with the text of a setting, in words for the operator. */
export class Fault extends Error {}

/** The table of settings. README's configuration table is held against it by a test. */
export const SETTINGS = {
  service: {
    key: 'service',
    variable: 'THINGSTEAD_SERVICE',
    otherwise: 'xmpp://127.0.0.1:5275',
    read: readService,
    about: 'the server’s listener for components',
  },
  domain: { key: 'domain', variable: 'THINGSTEAD_DOMAIN', read: readDomain, about: 'the component’s domain' },
  secret: {
    key: 'secret',
    variable: 'THINGSTEAD_SECRET',
    otherwise: '',
    read: (text: string) => text,
    about: 'the secret shared with the server',
    isSecret: true,
  },
  secretFile: {
    key: 'secretFile',
    variable: 'THINGSTEAD_SECRET_FILE',
    otherwise: '',
    read: (text: string) => text,
    about: 'a file that holds the secret instead; nobody else may read it',
  },
  database: {
    key: 'database',
    variable: 'THINGSTEAD_DATABASE',
    otherwise: 'sqlite:./thingstead.db',
    read: readDatabase,
    about: 'where everything is kept',
  },
  pepper: {
    key: 'pepper',
    variable: 'THINGSTEAD_PEPPER',
    otherwise: '',
    read: (text: string) => text,
    about: 'the pepper itself, 32 bytes in hex or base64, in place of its file: for components that share a store',
    isSecret: true,
  },
  pepperFile: {
    key: 'pepperFile',
    variable: 'THINGSTEAD_PEPPER_FILE',
    otherwise: '',
    read: (text: string) => text,
    about: 'the key of the digests that claims are matched by (the pepper); beside the database unless set',
  },
  admins: {
    key: 'admins',
    variable: 'THINGSTEAD_ADMINS',
    otherwise: '',
    read: readList(readBareJid),
    about: 'administrators: bare JIDs, comma-separated',
    isLive: true,
  },
  allow: {
    key: 'allow',
    variable: 'THINGSTEAD_ALLOW',
    otherwise: '',
    read: readList((text) => (text === '*' ? text : readDomain(text))),
    about: 'domains whose users may use it, comma-separated; `*` for all; the component’s parent domain unless set',
    isLive: true,
  },
  http: {
    key: 'http',
    variable: 'THINGSTEAD_HTTP',
    otherwise: '127.0.0.1:9323',
    read: readHttp,
    about: 'where `/healthz`, `/readyz` and `/metrics` are served; `off` closes it',
  },
  logLevel: {
    key: 'logLevel',
    variable: 'THINGSTEAD_LOG_LEVEL',
    otherwise: 'info',
    read: readOneOf(LOG_LEVELS),
    about: 'JSON lines on standard error, from this level on',
    isLive: true,
  },
  logRedact: {
    key: 'logRedact',
    variable: 'THINGSTEAD_LOG_REDACT',
    otherwise: 'off',
    read: readOneOf(LOG_REDACTIONS),
    about: '`jids` writes accounts in the log as words that are the same for the same account until the next start',
  },
  limits: {
    key: 'limits',
    variable: 'THINGSTEAD_LIMITS',
    otherwise: 'on',
    read: (text: string) => readOneOf(['on', 'off'])(text) === 'on',
    about: '`off` lifts all rate limits below and those on failed claims and open read-outs, for measuring',
    isLive: true,
  },
  limitIqs: {
    key: 'limit.iqs',
    variable: 'THINGSTEAD_LIMIT_IQS',
    otherwise: '100',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'requests (IQ) a second of one account in the long run, and 20 times as many at once; `off` for no limit',
    isLive: true,
  },
  limitMessages: {
    key: 'limit.messages',
    variable: 'THINGSTEAD_LIMIT_MESSAGES',
    otherwise: '100',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'messages a second of one account in the long run, and 20 times as many at once; `off` for no limit',
    isLive: true,
  },
  limitPresence: {
    key: 'limit.presence',
    variable: 'THINGSTEAD_LIMIT_PRESENCE',
    otherwise: '50',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'presence a second of one account in the long run, and 20 times as much at once; `off` for no limit',
    isLive: true,
  },
  limitRegistrations: {
    key: 'limit.registrations',
    variable: 'THINGSTEAD_LIMIT_REGISTRATIONS',
    otherwise: '100000',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'registrations an hour of one account; `off` for no limit',
    isLive: true,
  },
  limitReadings: {
    key: 'limit.readings',
    variable: 'THINGSTEAD_LIMIT_READINGS',
    otherwise: '10000000',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'readings a day that one account may send; `off` for no limit',
    isLive: true,
  },
  limitThings: {
    key: 'limit.things',
    variable: 'THINGSTEAD_LIMIT_THINGS',
    otherwise: '100000',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'Things that one account may have registered; `off` for no limit',
    isLive: true,
  },
  name: {
    key: 'name',
    variable: 'THINGSTEAD_NAME',
    otherwise: 'Thing Registry',
    read: (text: string) => text,
    about: 'what it is called in service discovery',
    isLive: true,
  },
  keylessClaims: {
    key: 'keylessClaims',
    variable: 'THINGSTEAD_KEYLESS_CLAIMS',
    otherwise: 'false',
    read: (text: string) => readOneOf(['true', 'false'])(text) === 'true',
    about: 'whether Things that registered without a KEY can be claimed',
    isLive: true,
  },
  timeZone: {
    key: 'timeZone',
    variable: 'THINGSTEAD_TIME_ZONE',
    otherwise: 'UTC',
    read: readTimeZone,
    about: 'the zone of times that devices report without one',
    isLive: true,
  },
  retentionEndedMs: {
    key: 'retention.ended',
    variable: 'THINGSTEAD_RETENTION_ENDED',
    otherwise: '30',
    read: (text: string) => readNumber(text, 0, 36_500) * 24 * 60 * 60 * 1000,
    about: 'days for which the readings of an ended ownership are kept',
    isLive: true,
  },
  retentionDays: {
    key: 'retention.readings',
    variable: 'THINGSTEAD_RETENTION_READINGS',
    otherwise: 'off',
    read: readLimit((text) => readNumber(text, 1, 36_500)),
    about: 'days for which readings are kept, by their own time; `off` keeps them for ever',
    isLive: true,
  },
  retentionCount: {
    key: 'retention.count',
    variable: 'THINGSTEAD_RETENTION_COUNT',
    otherwise: 'off',
    read: readLimit((text) => readWhole(text, 1, 1_000_000_000)),
    about: 'how many readings are kept of each field of a Thing, the newest; `off` keeps all',
    isLive: true,
  },
  backupFolder: {
    key: 'backup.folder',
    variable: 'THINGSTEAD_BACKUP_FOLDER',
    otherwise: '',
    read: (text: string) => text,
    about: 'where backups are kept; `backups` beside the database unless set',
    isLive: true,
  },
  backupKeep: {
    key: 'backup.keep',
    variable: 'THINGSTEAD_BACKUP_KEEP',
    otherwise: '7',
    read: (text: string) => readWhole(text, 1, 100_000),
    about: 'how many backups are kept, the newest',
    isLive: true,
  },
  retentionAudit: {
    key: 'retention.audit',
    variable: 'THINGSTEAD_RETENTION_AUDIT',
    otherwise: '365',
    read: readLimit((text) => readNumber(text, 1, 36_500)),
    about: 'days for which the audit trail is kept; `off` keeps it for ever',
    isLive: true,
  },
  readoutDeadlineMs: {
    key: 'readout.deadline',
    variable: 'THINGSTEAD_READOUT_DEADLINE',
    otherwise: '30',
    read: (text: string) => readNumber(text, 1, 3600) * 1000,
    about: 'seconds that a device has to answer a read-out',
    isLive: true,
  },
  readoutPerDevice: {
    key: 'readout.perDevice',
    variable: 'THINGSTEAD_READOUT_PER_DEVICE',
    otherwise: '4',
    read: (text: string) => readWhole(text, 1, 1000),
    about: 'questions that one device is asked at once; the others wait',
  },
  readingsUnsealed: {
    key: 'readings.unsealed',
    variable: 'THINGSTEAD_READINGS_UNSEALED',
    otherwise: '16',
    read: (text: string) => readWhole(text, 1, 1024) * 1024 * 1024,
    about: 'MiB of readings that are kept as they arrived until they are sealed',
  },
  reportItems: {
    key: 'report.items',
    variable: 'THINGSTEAD_REPORT_ITEMS',
    otherwise: '10000',
    read: (text: string) => readWhole(text, 1, 1_000_000),
    about: 'nodes, timestamps and values that one report of a device may have',
    isLive: true,
  },
  reportText: {
    key: 'report.text',
    variable: 'THINGSTEAD_REPORT_TEXT',
    otherwise: '65536',
    read: (text: string) => readWhole(text, 1, 1_000_000),
    about: 'characters that one value of a report may have',
    isLive: true,
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

function readService(text: string): string {
  const [, authority = ''] = /^xmpp:\/\/([^/]*)\/?$/.exec(text) ?? [];
  const at = readHostAndPort(authority);
  if (at !== undefined && at.port > 0) return `xmpp://${authority}`;
  throw new Fault(`"${text}" is not of the form xmpp://host:port.`);
}

function readDomain(text: string): string {
  const jid = parseJid(text);
  // Domains are matched exactly: one with a wildcard would match nobody, and say nothing.
  const isDomain = jid?.local === '' && jid.resource === '' && !jid.domain.includes('*');
  if (isDomain) return jid.domain;
  throw new Fault(`"${text}" is not a domain.`);
}

function readBareJid(text: string): BareJid {
  const jid = parseJid(text);
  if (jid !== undefined && jid.local !== '' && jid.resource === '') return jid.bare;
  throw new Fault(`"${text}" is not a bare JID, such as anna@example.org.`);
}

function readDatabase(text: string): string {
  const [, file] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (file !== undefined) return file;
  // Only the scheme is repeated: other databases are named with a password.
  throw new Fault(`"${text.replace(/:.*/s, ':...')}" is not of the form sqlite:FILE.`);
}

function readHttp(text: string): 'off' | { host: string; port: number } {
  if (text === 'off') return text;
  const at = readHostAndPort(text);
  if (at === undefined) throw new Fault(`"${text}" is neither host:port nor off.`);
  return at;
}

/** The two of an address such as 127.0.0.1:9323, localhost:9323 or [::1]:9323. */
function readHostAndPort(text: string): { host: string; port: number } | undefined {
  const [, ipv6, name, port] = /^(?:\[([\da-fA-F:]+)\]|([^\s/:[\]@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}

function readTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new Fault(`"${text}" is not a time zone, such as Europe/Stockholm.`);
  }
}

function readNumber(text: string, min: number, max: number): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Fault(`"${text}" is not a number from ${min} to ${max}.`);
}

function readWhole(text: string, min: number, max: number): number {
  const number = readNumber(text, min, max);
  if (Number.isInteger(number)) return number;
  throw new Fault(`"${text}" is not a whole number.`);
}

function readLimit(read: Read<number>): Read<number | 'off'> {
  return (text) => (text === 'off' ? text : read(text));
}

function readOneOf<T extends string>(values: readonly T[]): Read<T> {
  return (text) => {
    const value = values.find((known) => known === text);
    if (value === undefined) throw new Fault(`"${text}" is none of ${values.join(', ')}.`);
    return value;
  };
}

function readList<T>(read: Read<T>): Read<T[]> {
  return (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(read);
}
