import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/ports.js';
import { LOG_LEVELS } from '../../src/settings.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';

let stage: Stage;
const audit: AuditEntry[] = [];
beforeEach(() => {
  stage = createStage();
  audit.length = 0;
  const { append } = stage.store.audit;
  stage.store.audit.append = (entry) => {
    audit.push(entry);
    return append(entry);
  };
});

async function set(level: string) {
  const { sessionid } = await stage.go('log-level', { from: ADMIN });
  return stage.go('log-level', { from: ADMIN, sessionid, values: { level } });
}

describe('the operation log-level', () => {
  it('offers the levels that the setting has, with the one that holds', async () => {
    const { form } = await stage.go('log-level', { from: ADMIN });
    expect(form?.fields).toMatchObject([{ name: 'level', type: 'list-single', values: ['info'] }]);
    expect(form?.fields[0]?.options?.map(({ value }) => value).sort()).toEqual([...LOG_LEVELS].sort());
  });

  it('sets it at once, says for how long, and notes it', async () => {
    expect(notesOf(await set('debug'))).toEqual([
      'info: The log is written from debug on, until the component is restarted.',
    ]);
    expect(stage.services.upkeep.logLevel).toBe('debug');
    expect(audit).toEqual([
      { at: stage.now, actor: ADMIN, action: 'log-level', subject: DOMAIN, outcome: 'info to debug' },
    ]);
    expect(notesOf(await set('debug'))).toEqual(['info: The log is written from debug on already.']);
    expect(audit).toHaveLength(1);
  });

  it.each(['loud', 'INFO', '30'])('refuses %j and changes nothing', async (level) => {
    const back = await set(level);
    expect([back.status, notesOf(back)[0]]).toEqual([
      'executing',
      expect.stringContaining(`level: "${level}" is none`),
    ]);
    expect([stage.services.upkeep.logLevel, audit]).toEqual(['info', []]);
  });

  it('is for administrators', async () => {
    expect(await stage.play('log-level')).toMatchObject({ condition: 'forbidden' });
  });
});
