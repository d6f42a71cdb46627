import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../src/config.js';
import { LOG_LEVELS, SETTINGS } from '../src/settings.js';

const SECRET = 'hunter2';
const LEAST = { THINGSTEAD_DOMAIN: 'things.example.org', THINGSTEAD_SECRET: SECRET };
type Environment = Record<string, string | undefined>;

const read = (environment: Environment = {}, file?: string) => readConfig({ ...LEAST, ...environment }, file);
function configOf(environment: Environment = {}, file?: string): Config {
  const result = read(environment, file);
  if ('faults' in result) throw new Error(result.faults.join('\n'));
  return result.config;
}
function faultsOf(environment: Environment = {}, file?: string): readonly string[] {
  const result = read(environment, file);
  return 'faults' in result ? result.faults : [];
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingstead-config-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function secretFile(name: string, text: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe('settings', () => {
  it('are what is usual where only domain and secret are given', () => {
    expect(configOf()).toEqual({
      service: 'xmpp://127.0.0.1:5275',
      domain: 'things.example.org',
      secret: SECRET,
      database: './thingstead.db',
      pepper: { file: './thingstead.db.pepper' },
      admins: [],
      allow: ['example.org'],
      http: { host: '127.0.0.1', port: 9323 },
      logLevel: 'info',
      logRedact: 'off',
      limits: true,
      limitIqs: 100,
      limitMessages: 100,
      limitPresence: 50,
      limitRegistrations: 100_000,
      limitReadings: 10_000_000,
      limitThings: 100_000,
      name: 'Thing Registry',
      keylessClaims: false,
      timeZone: 'UTC',
      retentionEndedMs: 30 * 24 * 60 * 60 * 1000,
      retentionDays: 'off',
      retentionCount: 'off',
      retentionAudit: 365,
      backupFolder: 'backups',
      backupKeep: 7,
      readoutDeadlineMs: 30_000,
      readoutPerDevice: 4,
      readingsUnsealed: 16 * 1024 * 1024,
      reportItems: 10_000,
      reportText: 65_536,
    });
  });

  it('do not change any more', () => {
    expect(Object.isFrozen(configOf())).toBe(true);
  });

  it.each<[string, string, Partial<Config>]>([
    ['SERVICE', 'xmpp://xmpp.example.org:5347', { service: 'xmpp://xmpp.example.org:5347' }],
    ['SERVICE', 'xmpp://[::1]:5275/', { service: 'xmpp://[::1]:5275' }],
    ['DOMAIN', 'THINGS.Stra\u00dfe.example', { domain: 'things.strasse.example', allow: ['strasse.example'] }],
    ['DOMAIN', 'localhost', { domain: 'localhost', allow: ['localhost'] }],
    ['DATABASE', 'sqlite:/var/lib/a:b.db', { database: '/var/lib/a:b.db', pepper: { file: '/var/lib/a:b.db.pepper' } }],
    ['PEPPER_FILE', '/etc/pepper', { pepper: { file: '/etc/pepper' } }],
    ['PEPPER', 'f'.repeat(64), { pepper: { value: 'f'.repeat(64) } }],
    [
      'ADMINS',
      'Anna@Example.org, \u017fam@example.org ,',
      { admins: ['anna@example.org', 'sam@example.org'] as never },
    ],
    ['ALLOW', '*', { allow: ['*'] }],
    ['ALLOW', 'a.example,B.EXAMPLE', { allow: ['a.example', 'b.example'] }],
    ['HTTP', 'off', { http: undefined }],
    ['HTTP', '[::1]:0', { http: { host: '::1', port: 0 } }],
    ['HTTP', 'localhost:65535', { http: { host: 'localhost', port: 65_535 } }],
    ['LIMITS', 'off', { limits: false }],
    ['NAME', 'The Things of No. 7', { name: 'The Things of No. 7' }],
    ['KEYLESS_CLAIMS', 'true', { keylessClaims: true }],
    ['TIME_ZONE', 'America/New_York', { timeZone: 'America/New_York' }],
    ['RETENTION_ENDED', '0', { retentionEndedMs: 0 }],
    ['RETENTION_ENDED', '0.5', { retentionEndedMs: 12 * 60 * 60 * 1000 }],
    ['RETENTION_ENDED', '36500', { retentionEndedMs: 36_500 * 24 * 60 * 60 * 1000 }],
    ['RETENTION_READINGS', '365.5', { retentionDays: 365.5 }],
    ['RETENTION_READINGS', 'off', { retentionDays: 'off' }],
    ['RETENTION_COUNT', '1000000000', { retentionCount: 1e9 }],
    ['RETENTION_COUNT', 'off', { retentionCount: 'off' }],
    ['READOUT_DEADLINE', '1', { readoutDeadlineMs: 1000 }],
    ['READOUT_DEADLINE', '3600', { readoutDeadlineMs: 3_600_000 }],
    ['READOUT_PER_DEVICE', '1', { readoutPerDevice: 1 }],
    ['READINGS_UNSEALED', '2', { readingsUnsealed: 2 * 1024 * 1024 }],
    ['REPORT_ITEMS', '1000000', { reportItems: 1_000_000 }],
    ['REPORT_TEXT', '1', { reportText: 1 }],
    ...LOG_LEVELS.map((level): [string, string, Partial<Config>] => ['LOG_LEVEL', level, { logLevel: level }]),
  ])('THINGSTEAD_%s=%s', (variable, text, expected) => {
    expect(configOf({ [`THINGSTEAD_${variable}`]: text })).toMatchObject(expected);
  });

  it.each([
    [
      'SERVICE',
      'service',
      [
        'xmpp://127.0.0.1',
        '127.0.0.1:5275',
        'http://127.0.0.1:5275',
        'xmpp://127.0.0.1:0',
        'xmpp://127.0.0.1:65536',
        'xmpp://127.0.0.1:99999',
        'xmpp://:5275',
        'xmpp://a b:5275',
        'xmpp://::1:5275',
        'xmpp://a:5275/b',
        'xmpp://u:p@a:5275',
        ' xmpp://a:5275',
      ],
    ],
    [
      'DOMAIN',
      'domain',
      ['anna@example.org', 'things.example.org/x', 'a b', '.', 'a..b', `${'a'.repeat(1024)}.example`],
    ],
    ['DATABASE', 'database', ['sqlite:', './thingstead.db', 'mysql:x', 'SQLITE:x']],
    ['ADMINS', 'admins', ['example.org', 'anna@example.org/x', 'anna@example.org,@', 'a b@example.org']],
    ['ALLOW', 'allow', ['anna@example.org', '*.example.org', 'example.org,a b']],
    [
      'HTTP',
      'http',
      [
        'OFF',
        '9323',
        ':9323',
        '127.0.0.1:',
        '127.0.0.1:65536',
        '127.0.0.1:-1',
        'http://127.0.0.1:9323',
        '::1:9323',
        'localhost:９３２３',
      ],
    ],
    ['LOG_LEVEL', 'logLevel', ['INFO', 'verbose', 'info ']],
    ['LIMITS', 'limits', ['true', 'OFF', '0']],
    ['KEYLESS_CLAIMS', 'keylessClaims', ['1', 'yes', 'True', 'on']],
    ['TIME_ZONE', 'timeZone', ['Mars/Base', 'Europe/Stockholm ', '../etc']],
    ['RETENTION_READINGS', 'retention.readings', ['0', '0.9', '36501', 'OFF', '-1']],
    ['RETENTION_COUNT', 'retention.count', ['0', '1.5', '1000000001', 'all']],
    ['RETENTION_ENDED', 'retention.ended', ['-1', '36501', '1e2', 'NaN', 'Infinity', '1 day', '１', '.5']],
    ['READOUT_DEADLINE', 'readout.deadline', ['0', '0.5', '3601', '30s']],
    ['READOUT_PER_DEVICE', 'readout.perDevice', ['0', '1.5', '1001', 'all']],
    ['READINGS_UNSEALED', 'readings.unsealed', ['0', '1.5', '1025', 'all']],
    ['REPORT_ITEMS', 'report.items', ['0', '1e7', 'many']],
    ['REPORT_TEXT', 'report.text', ['0', '64k', '1000001']],
  ])('THINGSTEAD_%s refuses what it cannot be', (variable, key, texts) => {
    for (const text of texts) {
      const faults = faultsOf({ [`THINGSTEAD_${variable}`]: text });
      expect(faults, text).toHaveLength(1);
      expect(faults[0], text).toMatch(new RegExp(`^${key}: ".*" .*\\.$`));
    }
  });

  it('that must be given say so, and how', () => {
    expect(readConfig({}, undefined)).toEqual({
      faults: [
        'domain: is not set; set it in the file, or as THINGSTEAD_DOMAIN.',
        expect.stringMatching(/^secret: give .*THINGSTEAD_SECRET or THINGSTEAD_SECRET_FILE/),
      ],
    });
  });

  it('are all checked before anything is said', () => {
    const bad = Object.values(SETTINGS)
      .filter(({ key }) => !['secret', 'secretFile', 'pepper', 'pepperFile', 'name', 'backup.folder'].includes(key))
      .map(({ variable }) => [variable, 'a b']);
    const faults = faultsOf({ ...Object.fromEntries(bad), THINGSTEAD_SECRET: '' }, 'nonsense: 1\nmore: 2');
    expect(faults).toHaveLength(bad.length + 3);
    expect(faults.every((fault) => /^[\w.]+: .+\.$/.test(fault))).toBe(true);
  });

  it('name their variables and keys once', () => {
    const all = Object.values(SETTINGS);
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(new Set(all.map(({ variable }) => variable)).size).toBe(all.length);
  });
});

describe('the settings file', () => {
  it('says what the environment does not', () => {
    const file = [
      'domain: a.example',
      'logLevel: debug',
      'retention:',
      '  ended: 7',
      'admins: [anna@example.org, bert@example.org]',
    ];
    expect(configOf({ THINGSTEAD_LOG_LEVEL: 'warn' }, file.join('\n'))).toMatchObject({
      domain: 'things.example.org',
      logLevel: 'warn',
      retentionEndedMs: 7 * 24 * 60 * 60 * 1000,
      admins: ['anna@example.org', 'bert@example.org'],
    });
  });

  it('is not overruled by a variable that is empty', () => {
    expect(configOf({ THINGSTEAD_LOG_LEVEL: '' }, 'logLevel: debug')).toMatchObject({ logLevel: 'debug' });
    expect(configOf({}, 'logLevel:\nadmins: []\nhttp: ""')).toMatchObject({
      logLevel: 'info',
      admins: [],
      http: { port: 9323 },
    });
  });

  it.each(['', '# nothing', '---\n', '{}'])('may say nothing: %j', (file) => {
    expect(faultsOf({}, file)).toEqual([]);
  });

  it.each([
    ['secret: 0123', '0123'],
    ['secret: 1e3', '1e3'],
    ['secret: true', 'true'],
    ['secret: 12345678901234567890123', '12345678901234567890123'],
    ['secret: "a: #b"', 'a: #b'],
    ['secret: !x y', 'y'],
  ])('means a text by what looks like another thing: %s', (file, secret) => {
    expect(configOf({ THINGSTEAD_SECRET: undefined }, file).secret).toBe(secret);
  });

  it.each([
    ['logLevels: debug', ['logLevels: there is no such setting.']],
    ['retention: 30', ['retention: there is no such setting.']],
    [
      '__proto__: x\nconstructor: y',
      ['__proto__: there is no such setting.', 'constructor: there is no such setting.'],
    ],
    ['- domain', ['the settings file does not consist of lines such as "domain: things.example.org".']],
    ['hello', ['the settings file does not consist of lines such as "domain: things.example.org".']],
    ['name: a\nname: b', ['the settings file is not YAML, at line 2, column 1: DUPLICATE_KEY. Quotes may be missing.']],
    ['a: b: c', ['the settings file is not YAML, at line 1, column 4: BLOCK_AS_IMPLICIT_KEY. Quotes may be missing.']],
    ['name: {a: b}', ['name: it has settings below it and takes none. If it is one value, put it in quotes.']],
    ['a: &a [*a]', ['the settings file uses aliases of YAML (*name). If they are none, put the value in quotes.']],
    [
      'name: &a b\nlogLevel: *a',
      ['the settings file uses aliases of YAML (*name). If they are none, put the value in quotes.'],
    ],
  ])('is refused: %j', (file, faults) => {
    expect(faultsOf({}, file)).toEqual(faults);
  });
});

describe('the secret', () => {
  const withFile = (THINGSTEAD_SECRET_FILE: string, THINGSTEAD_SECRET?: string) => ({
    THINGSTEAD_SECRET,
    THINGSTEAD_SECRET_FILE,
  });

  it('may be in a file of its own, less the line end', () => {
    expect(configOf(withFile(secretFile('good', `${SECRET}\n`))).secret).toBe(SECRET);
    expect(configOf(withFile(secretFile('read-only', SECRET, 0o400))).secret).toBe(SECRET);
  });

  it.each([0o640, 0o604, 0o620, 0o601, 0o660, 0o644])('may not be in a file that others get at: %i', (mode) => {
    const file = secretFile('open', SECRET, mode);
    expect(faultsOf(withFile(file))).toEqual([`secretFile: ${file}: others may read it; chmod it to 600.`]);
  });

  it('and the pepper are refused in a settings file that others may read', () => {
    const text = `domain: things.example.org\nsecret: ${SECRET}\npepper: ${'ab'.repeat(32)}\n`;
    expect(readConfig({}, text, false)).toHaveProperty('config');
    const open = readConfig({}, text, true);
    expect('faults' in open && open.faults).toEqual([
      'secret: it stands in the settings file, which others may read; chmod that to 600, or use secretFile.',
      'pepper: it stands in the settings file, which others may read; chmod that to 600, or use pepperFile.',
    ]);
    expect(JSON.stringify(open)).not.toContain(SECRET);
    expect(readConfig({ THINGSTEAD_SECRET: SECRET }, 'domain: things.example.org', true)).toHaveProperty('config');
  });

  it('is read by a group where systemd has put it, and nowhere else', () => {
    const file = secretFile('credential', SECRET, 0o440);
    const given = (CREDENTIALS_DIRECTORY: string) => ({ ...withFile(file), CREDENTIALS_DIRECTORY });
    expect(configOf(given(dirname(file))).secret).toBe(SECRET);
    expect(faultsOf(given(dirname(dirname(file))))).toEqual([expect.stringContaining('others may read it')]);
    chmodSync(file, 0o444);
    expect(faultsOf(given(dirname(file)))).toEqual([expect.stringContaining('others may read it')]);
  });

  it('is not empty, and its file is there', () => {
    const file = secretFile('empty', ' \n');
    expect(faultsOf(withFile(file))).toEqual([`secretFile: ${file}: it is empty.`]);
    const missing = join(directory, 'missing');
    expect(faultsOf(withFile(missing))).toEqual([expect.stringMatching(/^secretFile: .*missing: ENOENT/)]);
  });

  it('is given in one way', () => {
    expect(faultsOf(withFile(secretFile('twice', SECRET), SECRET))).toEqual([
      expect.stringMatching(/^secret: give either/),
    ]);
  });

  it.each([
    `secret: x\npepper: ${SECRET}\npepperFile: pepper`,
    `secret: "${SECRET}`,
    `secret: *${SECRET}`,
    `secret: {${SECRET}}`,
    `secret: {${SECRET}: ${SECRET}}`,
    `secret: @${SECRET}`,
    `secret: ${SECRET}: x`,
    `secret: ${SECRET}\nsecret: ${SECRET}`,
    `secret: !${SECRET} x\nnonsense: x`,
    `secret: |\n ${SECRET}\nx`,
    `database: postgres://things:${SECRET}@db.example.org/things`,
    `\tsecret: ${SECRET}`,
  ])('is in no fault: %j', (file) => {
    const faults = faultsOf({ THINGSTEAD_SECRET: undefined }, file);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).not.toContain(SECRET);
  });
});

describe('the pepper', () => {
  it('is given in one way', () => {
    expect(faultsOf({ THINGSTEAD_PEPPER: 'f'.repeat(64), THINGSTEAD_PEPPER_FILE: '/etc/pepper' })).toEqual([
      expect.stringMatching(/^pepper: give either/),
    ]);
  });
});
