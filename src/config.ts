import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import type { BareJid } from './domain/jid.js';
import { Fault, type LogLevel, type LogRedaction, SETTINGS, type Setting, type SettingName } from './settings.js';

/** The settings, checked and complete. */
export interface Config {
  /** The server to join: `xmpp://host:port`. */
  readonly service: string;
  /** The component's domain, in stringprep form. */
  readonly domain: string;
  readonly secret: string;
  /** The file of the SQLite database. */
  readonly database: string;
  /** The pepper for claim digests, or its file; beside the database unless set. */
  readonly pepper: { readonly file: string } | { readonly value: string };
  readonly admins: readonly BareJid[];
  readonly allow: readonly string[];
  /** Where health is served; undefined: nowhere. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly logLevel: LogLevel;
  /** Whose names are written into the log as words that say nothing. */
  readonly logRedact: LogRedaction;
  /** Whether rate limits hold. */
  readonly limits: boolean;
  /** What one account may do: see RATES in domain/rates.ts; `limits` lifts them all. */
  readonly limitIqs: number | 'off';
  readonly limitMessages: number | 'off';
  readonly limitPresence: number | 'off';
  readonly limitRegistrations: number | 'off';
  readonly limitReadings: number | 'off';
  readonly limitThings: number | 'off';
  /** What the component calls itself in service discovery. */
  readonly name: string;
  readonly keylessClaims: boolean;
  /** IANA name of the zone of times that come without one. */
  readonly timeZone: string;
  /** How long ended ownerships and their readings are kept, in ms. */
  readonly retentionEndedMs: number;
  /** For how many days readings are kept. */
  readonly retentionDays: number | 'off';
  /** How many readings are kept of each series. */
  readonly retentionCount: number | 'off';
  /** Where backups are kept. */
  readonly backupFolder: string;
  /** How many backups are kept. */
  readonly backupKeep: number;
  /** For how many days the audit trail is kept. */
  readonly retentionAudit: number | 'off';
  /** How long a device has to answer a read-out, in ms. */
  readonly readoutDeadlineMs: number;
  /** How many questions a device is asked at once. */
  readonly readoutPerDevice: number;
  /** Bytes of readings that are kept as they arrived until they are sealed. */
  readonly readingsUnsealed: number;
  /** Nodes, timestamps and values in one report of a device. */
  readonly reportItems: number;
  /** Characters in one value of a report. */
  readonly reportText: number;
}

/** The settings that were read, and how they were written; or every fault in them, one line each. */
export type SettingsRead =
  | { readonly config: Config; readonly written: ReadonlyMap<SettingName, string> }
  | { readonly faults: readonly string[] };

/**
 * Puts the settings together: the environment before the file, the file before what is usual. One that is empty counts
 * as not given.
 *
 * @param file the text of the settings file (YAML), if there is one.
 * @param isOpen whether others may read or write that file: then no secret may be in it.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  file: string | undefined,
  isOpen = false,
): SettingsRead {
  const faults: string[] = [];
  const written = readFile(file, faults);
  faults.push(...exposed(written, isOpen));
  const texts = new Map<SettingName, string>();
  for (const [name, { key, variable, otherwise }] of entries()) {
    const text = environment[variable] || written.get(key) || otherwise;
    if (text !== undefined) texts.set(name, text);
    written.delete(key);
  }
  for (const key of written.keys()) faults.push(notKnown(key));

  function get<N extends SettingName>(name: N): ReturnType<(typeof SETTINGS)[N]['read']> | undefined {
    const { key, variable, read } = SETTINGS[name];
    const text = texts.get(name);
    try {
      if (text === undefined) throw new Fault(`is not set; set it in the file, or as ${variable}.`);
      return read(text) as ReturnType<(typeof SETTINGS)[N]['read']>;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(`${key}: ${error.message}`);
      return undefined;
    }
  }

  const domain = get('domain');
  const database = get('database');
  const config = {
    service: get('service'),
    domain,
    secret: readSecret(get('secret') ?? '', get('secretFile') ?? '', environment['CREDENTIALS_DIRECTORY'], faults),
    database,
    pepper: readPepper(get('pepper') ?? '', get('pepperFile') ?? '', `${database}.pepper`, faults),
    admins: get('admins'),
    allow: allowed(get('allow'), domain),
    logLevel: get('logLevel'),
    logRedact: get('logRedact'),
    limits: get('limits'),
    limitIqs: get('limitIqs'),
    limitMessages: get('limitMessages'),
    limitPresence: get('limitPresence'),
    limitRegistrations: get('limitRegistrations'),
    limitReadings: get('limitReadings'),
    limitThings: get('limitThings'),
    name: get('name'),
    keylessClaims: get('keylessClaims'),
    timeZone: get('timeZone'),
    retentionEndedMs: get('retentionEndedMs'),
    retentionDays: get('retentionDays'),
    retentionCount: get('retentionCount'),
    backupFolder: get('backupFolder') || join(dirname(database ?? ''), 'backups'),
    backupKeep: get('backupKeep'),
    retentionAudit: get('retentionAudit'),
    readoutDeadlineMs: get('readoutDeadlineMs'),
    readoutPerDevice: get('readoutPerDevice'),
    readingsUnsealed: get('readingsUnsealed'),
    reportItems: get('reportItems'),
    reportText: get('reportText'),
  };
  const http = get('http');
  return isComplete(config) && faults.length === 0
    ? { config: Object.freeze({ ...config, http: http === 'off' ? undefined : http }), written: texts }
    : { faults };
}

/** What stands in a file that others may read, and should not. */
function exposed(written: ReadonlyMap<string, string>, isOpen: boolean): readonly string[] {
  if (!isOpen) return [];
  const secrets = entries().filter(([, { key, isSecret }]) => isSecret === true && written.get(key));
  return secrets.map(
    ([, { key }]) =>
      `${key}: it stands in the settings file, which others may read; chmod that to 600, or use ${key}File.`,
  );
}

function entries(): readonly (readonly [SettingName, Setting<unknown>])[] {
  return Object.entries(SETTINGS).map(([name, setting]) => [name as SettingName, setting] as const);
}

function isComplete<T extends object>(parts: T): parts is { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.values(parts).every((part) => part !== undefined);
}

/** The settings file as one level of dotted keys. */
function readFile(text: string | undefined, faults: string[]): Map<string, string> {
  const written = new Map<string, string>();
  const content = text === undefined ? {} : readYaml(text, faults) || {};
  if (typeof content === 'object' && !Array.isArray(content)) flatten(content, '', written);
  else faults.push('the settings file does not consist of lines such as "domain: things.example.org".');
  return written;
}

/**
 * Every scalar is read as the text that it is: the secret `0123` is not the number 123. What is wrong is said by its
 * place and not by the words of the library, which quote the file and so perhaps the secret.
 */
function readYaml(text: string, faults: string[]): unknown {
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  for (const { code, linePos } of document.errors) {
    const [{ line, col } = { line: 0, col: 0 }] = linePos ?? [];
    faults.push(`the settings file is not YAML, at line ${line}, column ${col}: ${code}. Quotes may be missing.`);
  }
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    faults.push('the settings file uses aliases of YAML (*name). If they are none, put the value in quotes.');
    return undefined;
  }
}

function flatten(value: unknown, key: string, into: Map<string, string>): void {
  if (Array.isArray(value)) into.set(key, value.join(','));
  else if (typeof value !== 'object' || value === null) into.set(key, String(value ?? ''));
  else for (const [part, inner] of Object.entries(value)) flatten(inner, key === '' ? part : `${key}.${part}`, into);
}

/** What stands below a setting is not repeated: a secret that begins with a brace would be taken for a key. */
function notKnown(key: string): string {
  const parent = entries().find(([, setting]) => key.startsWith(`${setting.key}.`));
  if (parent === undefined) return `${key}: there is no such setting.`;
  return `${parent[1].key}: it has settings below it and takes none. If it is one value, put it in quotes.`;
}

/** Usual: the users of the domain that the component belongs to, which is its own less the first label. */
function allowed(given: readonly string[] | undefined, domain: string | undefined): readonly string[] | undefined {
  if (given === undefined || domain === undefined) return undefined;
  return given.length > 0 ? given : [domain.slice(domain.indexOf('.') + 1)];
}

function readPepper(value: string, file: string, usual: string, faults: string[]): Config['pepper'] {
  if (value === '') return { file: file || usual };
  if (file !== '') {
    faults.push(
      'pepper: give either the pepper or the file that holds it (THINGSTEAD_PEPPER or THINGSTEAD_PEPPER_FILE).',
    );
  }
  return { value };
}

function readSecret(
  secret: string,
  file: string,
  credentials: string | undefined,
  faults: string[],
): string | undefined {
  if (secret !== '' && file === '') return secret;
  if ((secret === '') === (file === '')) {
    faults.push(
      'secret: give either the secret or the file that holds it (THINGSTEAD_SECRET or THINGSTEAD_SECRET_FILE).',
    );
    return undefined;
  }
  try {
    const { mode } = statSync(file);
    if ((mode & othersMay(file, credentials)) !== 0) throw new Fault('others may read it; chmod it to 600.');
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') throw new Fault('it is empty.');
    return text;
  } catch (error) {
    faults.push(`secretFile: ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The rights that nobody but the owner may have. What systemd gives to a service shows an ACL for it as rights of the group. */
function othersMay(file: string, credentials: string | undefined): number {
  return credentials !== undefined && dirname(file) === credentials ? 0o037 : 0o077;
}
