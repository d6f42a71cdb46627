import { isDeepStrictEqual } from 'node:util';
import type { Config, SettingsRead } from './config.js';
import { type Access, type Asker, createAccess } from './domain/access.js';
import { FAILED_CLAIM_LIMITS, type FailedClaimLimits, type FailedClaims } from './domain/failed-claims.js';
import type { RateName } from './domain/rates.js';
import { BROKER_SETTINGS, type BrokerSettings } from './domain/read-out/broker.js';
import type { Limit, Retention } from './domain/retention.js';
import type { Thing } from './domain/thing.js';
import { type TimeZone, timeZone, UTC, zonesOfThings } from './domain/time-zone.js';
import type { Reloaded, SettingChange } from './operations/upkeep.js';
import { SETTINGS, type Setting } from './settings.js';
import type { ReportLimits } from './xep/0323-sensor-data/limits.js';

/** The settings of a component that runs. */
export interface LiveSettings {
  /**
   * Those that hold now, replaced as a whole when they are read again. To be asked whenever one is needed: what was taken
   * from it before may hold no more.
   */
  readonly now: Config;
  /** Reads them again. If anything is wrong with any of them, nothing changes. */
  reload(): Reloaded;
}

/** @param read reads the file and the environment. */
export function createLiveSettings(
  read: () => SettingsRead,
): { readonly settings: LiveSettings } | { readonly faults: readonly string[] } {
  const first = read();
  if ('faults' in first) return first;
  let { config, written } = first;
  const settings: LiveSettings = {
    get now() {
      return config;
    },
    reload() {
      const next = read();
      if ('faults' in next) return { outcome: 'faults', faults: next.faults };
      // Of another domain it is another component, to which none of this may belong.
      const isOther = next.config.domain !== config.domain;
      const changed = NAMES.filter((name) => !isDeepStrictEqual(config[name], next.config[name]));
      const live = changed.filter((name) => settingOf(name).isLive === true && !isOther);
      const waiting = changed.filter((name) => !live.includes(name));
      const describe = (name: keyof Config) => changeOf(name, written, next.written);
      const outcome: Reloaded = {
        outcome: 'done',
        changed: live.map(describe),
        waiting: waiting.map(describe),
      };
      const values = Object.fromEntries(live.map((name) => [name, next.config[name]]));
      config = Object.freeze({ ...config, ...values });
      written = new Map([...written, ...[...next.written].filter(([name]) => live.some((each) => each === name))]);
      return outcome;
    },
  };
  return { settings };
}

/** Access by the administrators and domains of the settings that hold now: one rule replaces the other in one go. */
export function liveAccess(settings: LiveSettings, isBlocked: (asker: Asker) => boolean): Access {
  const access = following(settings, ({ admins, allow }) => createAccess(admins, allow, isBlocked));
  return {
    may: (...asked) => access().may(...asked),
    mayUse: (asker) => access().mayUse(asker),
    isAdministrator: (jid) => access().isAdministrator(jid),
    mayOnAll: (...asked) => access().mayOnAll(...asked),
  };
}

/** How much of each rate one account may do now. */
export function rateOf(settings: LiveSettings): (name: RateName) => Limit {
  return (name) => (settings.now.limits ? settings.now[SETTING_OF[name]] : 'off');
}

const SETTING_OF = {
  iqs: 'limitIqs',
  messages: 'limitMessages',
  presence: 'limitPresence',
  registrations: 'limitRegistrations',
  readings: 'limitReadings',
} as const satisfies Record<RateName, keyof Config>;

/** How many Things one account may have registered now. */
export function mostThings(settings: LiveSettings): () => Limit {
  return () => (settings.now.limits ? settings.now.limitThings : 'off');
}

/** How many claims may fail, by whether limits hold. */
export function liveFailedClaims(
  settings: LiveSettings,
  make: (limits: FailedClaimLimits | undefined) => FailedClaims,
): FailedClaims {
  const [limited, unlimited] = [make(FAILED_CLAIM_LIMITS), make(undefined)];
  return { attempt: (...claim) => (settings.now.limits ? limited : unlimited).attempt(...claim) };
}

/** The zones of Things; without one, that of the settings that hold now. */
export function liveZones(settings: LiveSettings): (thing: Thing | undefined) => TimeZone {
  const zones = following(settings, (config) => zonesOfThings(timeZone(config.timeZone) ?? UTC));
  return (thing) => zones()(thing);
}

export function brokerSettings(settings: LiveSettings): BrokerSettings {
  return {
    ...BROKER_SETTINGS,
    perDevice: settings.now.readoutPerDevice,
    get deadlineMs() {
      return settings.now.readoutDeadlineMs;
    },
    get perAsker() {
      return settings.now.limits ? BROKER_SETTINGS.perAsker : undefined;
    },
  };
}

export function reportLimits(settings: LiveSettings): ReportLimits {
  return {
    get itemsPerMessage() {
      return settings.now.reportItems;
    },
    get text() {
      return settings.now.reportText;
    },
  };
}

export function retentionOf({ retentionDays, retentionCount }: Config): Required<Retention> {
  return { days: retentionDays, count: retentionCount };
}

export function backupsOf({ backupFolder, backupKeep }: Config): { readonly folder: string; readonly keep: number } {
  return { folder: backupFolder, keep: backupKeep };
}

/** What is made of settings, and made again when these have been read again. */
export function following<T>(settings: Pick<LiveSettings, 'now'>, make: (config: Config) => T): () => T {
  let known: { readonly config: Config; readonly made: T } | undefined;
  return () => {
    if (known?.config !== settings.now) known = { config: settings.now, made: make(settings.now) };
    return known.made;
  };
}

const NAMES = Object.keys(SETTINGS).filter((name): name is keyof Config => name in SETTINGS && !isFileOfAnother(name));

/** Their texts name files; what is in those is the value of another setting. */
function isFileOfAnother(name: string): boolean {
  return name === 'secretFile' || name === 'pepperFile';
}

function settingOf(name: keyof Config): Setting<unknown> {
  return SETTINGS[name];
}

type Written = Extract<SettingsRead, { readonly config: Config }>['written'];

function changeOf(name: keyof Config, before: Written, after: Written): SettingChange {
  const { key, isSecret } = settingOf(name);
  const textIn = (written: Written) => (isSecret ? 'not shown' : written.get(name) || 'not set');
  return { key, before: textIn(before), after: textIn(after) };
}
