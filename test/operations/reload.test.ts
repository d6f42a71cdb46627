import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import type { AuditEntry } from '../../src/domain/ports.js';
import { createLiveSettings, liveAccess, liveZones } from '../../src/live-settings.js';
import { createUpkeep } from '../../src/upkeep.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const USUAL = { THINGSTEAD_DOMAIN: DOMAIN, THINGSTEAD_SECRET: 'hunter2', THINGSTEAD_ADMINS: 'admin@example.org' };

let stage: Stage;
let file: string | undefined;
let environment: Record<string, string>;
let audit: AuditEntry[];
const logged: { readonly details: object; readonly message: string }[] = [];
const noting = (details: object, message: string): void => void logged.push({ details, message });

function running() {
  const live = createLiveSettings(() => readConfig(environment, file));
  if ('faults' in live) throw new Error(live.faults.join('\n'));
  const log = { level: 'info', isLevelEnabled: () => false, debug: noting, info: noting, warn: noting, error: noting };
  const upkeep = createUpkeep(live.settings, log, { make: async () => ({ outcome: 'under-way' }) });
  stage.reload = upkeep.reload;
  return { ...live, log, upkeep };
}

beforeEach(() => {
  stage = createStage();
  [file, environment, audit] = [undefined, { ...USUAL }, []];
  logged.length = 0;
  const { append } = stage.store.audit;
  stage.store.audit.append = (entry) => {
    audit.push(entry);
    return append(entry);
  };
});

const reload = () => stage.go('reload', { from: ADMIN });
const outcomes = () => audit.map(({ actor, action, subject, outcome }) => [actor, action, subject, outcome]);

describe('the operation reload', () => {
  it('says that nothing has changed where that is so, however it is written', async () => {
    environment['THINGSTEAD_ADMINS'] = 'admin@example.org,b@example.org';
    const { settings } = running();
    const before = settings.now;
    environment['THINGSTEAD_ADMINS'] = ' ADMIN@example.org , b@example.org';
    expect(notesOf(await reload())).toEqual(['info: No setting has changed.']);
    expect(settings.now).toEqual(before);
    expect(outcomes()).toEqual([[ADMIN, 'reload', DOMAIN, 'changed: none; waiting for a restart: none']]);
  });

  it('applies what can change, and names what waits for a restart, with values before and after', async () => {
    const { settings, log } = running();
    const access = liveAccess(settings, () => false);
    const zoneOf = liveZones(settings);
    const may = (jid: string) => access.isAdministrator(bare(jid));
    file = [
      'admins: [admin@example.org, b@example.org]',
      'timeZone: Europe/Stockholm',
      'logLevel: debug',
      'http: off',
      'retention: { readings: 30 }',
    ].join('\n');
    delete environment['THINGSTEAD_ADMINS'];
    const end = await reload();
    expect(notesOf(end)).toEqual(['info: 4 changed.', 'warn: Some settings hold only after a restart.']);
    expect(end.form?.table?.columns.map(({ name }) => name)).toEqual(['setting', 'before', 'after', 'holds']);
    expect(end.form?.table?.rows).toEqual([
      ['admins', 'admin@example.org', 'admin@example.org,b@example.org', 'now'],
      ['logLevel', 'info', 'debug', 'now'],
      ['timeZone', 'UTC', 'Europe/Stockholm', 'now'],
      ['retention.readings', 'off', '30', 'now'],
      ['http', '127.0.0.1:9323', 'off', 'after a restart'],
    ]);
    expect([may('b@example.org'), may('c@example.org')]).toEqual([true, false]);
    expect([zoneOf(undefined).name, settings.now.retentionDays, log.level]).toEqual(['Europe/Stockholm', 30, 'debug']);
    expect(settings.now.http).toEqual({ host: '127.0.0.1', port: 9323 });
    // What waits is told again; what has changed is not.
    expect((await reload()).form?.table?.rows).toEqual([['http', '127.0.0.1:9323', 'off', 'after a restart']]);
    expect(outcomes().map(([, , , outcome]) => outcome)).toEqual([
      'changed: admins, logLevel, timeZone, retention.readings; waiting for a restart: http',
      'changed: none; waiting for a restart: http',
    ]);
  });

  it('changes nothing where anything is wrong, and tells all that is', async () => {
    const { settings, log } = running();
    const before = settings.now;
    environment['THINGSTEAD_ADMINS'] = 'b@example.org';
    file = 'logLevel: loud\nreadout: { deadline: 0 }\nnonsense: 1';
    const [note] = notesOf(await reload());
    expect(note).toMatch(/^error: Nothing was changed\. /);
    for (const key of ['logLevel', 'readout.deadline', 'nonsense']) expect(note).toContain(`${key}: `);
    expect(settings.now).toBe(before);
    expect(log.level).toBe('info');
    expect(outcomes()).toEqual([[ADMIN, 'reload', DOMAIN, 'refused; faults: 3']]);
  });

  it('shows no secret: neither in the answer, nor in the log, nor in the audit trail', async () => {
    running();
    environment['THINGSTEAD_SECRET'] = 'topsecret';
    environment['THINGSTEAD_PEPPER'] = 'ab'.repeat(32);
    const end = await reload();
    expect(end.form?.table?.rows).toEqual([
      ['secret', 'not shown', 'not shown', 'after a restart'],
      ['pepper', 'not shown', 'not shown', 'after a restart'],
    ]);
    file = 'secret: [topsecret';
    const faulty = await reload();
    for (const secret of ['hunter2', 'topsecret', 'abab']) {
      expect(JSON.stringify([end, faulty, audit, logged])).not.toContain(secret);
    }
  });

  it('leaves all to a restart where the domain is another', async () => {
    const { settings } = running();
    environment['THINGSTEAD_DOMAIN'] = 'things.example.com';
    environment['THINGSTEAD_ADMINS'] = 'b@example.com';
    const { form } = await reload();
    // Who may use it by default follows from the domain.
    expect(form?.table?.rows.map(([key, , , holds]) => [key, holds])).toEqual([
      ['domain', 'after a restart'],
      ['admins', 'after a restart'],
      ['allow', 'after a restart'],
    ]);
    expect(settings.now.allow).toEqual(['example.org']);
  });

  it('keeps the level that was set by hand, unless the file has another than before', async () => {
    const { upkeep, log } = running();
    upkeep.setLogLevel('trace');
    await reload();
    expect([upkeep.logLevel, log.level]).toEqual(['trace', 'trace']);
    environment['THINGSTEAD_LOG_LEVEL'] = 'warn';
    await reload();
    expect([upkeep.logLevel, log.level]).toEqual(['warn', 'warn']);
  });

  it('is for administrators', async () => {
    running();
    environment['THINGSTEAD_ADMINS'] = 'user@example.org';
    expect(await stage.play('reload', { from: 'user@example.org/x' })).toMatchObject({ condition: 'forbidden' });
    expect(logged).toEqual([]);
  });
});
