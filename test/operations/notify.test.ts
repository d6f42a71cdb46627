import { beforeEach, describe, expect, it } from 'vitest';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

async function notify(values: NonNullable<Step['values']>, from = 'owner@example.org/phone') {
  const { sessionid } = await stage.go('notify', { from });
  return stage.go('notify', { from, sessionid, values });
}

const isOn = (jid = 'owner@example.org') => stage.store.words.isNotified(bare(jid));
const shown = async () => (await stage.go('notify')).form?.fields[0];

describe('the operation notify', () => {
  it('shows what is set, and sets it, for the asker alone', async () => {
    expect(await shown()).toMatchObject({ name: 'on', type: 'boolean', values: ['false'] });
    expect(notesOf(await notify({ on: 'true' }))).toEqual(['info: You are told of events of your Things.']);
    expect([await isOn(), await isOn('other@example.org')]).toEqual([true, false]);
    expect(await shown()).toMatchObject({ values: ['true'] });
    await notify({ on: '1' });
    expect(await isOn()).toBe(true);
    expect(notesOf(await notify({}))).toEqual(['info: You are told of events of your Things.']);
    expect(notesOf(await notify({ on: 'false' }))).toEqual(['info: You are not told of events of your Things.']);
    expect(await isOn()).toBe(false);
  });

  it('leaves an entry in the audit trail for each change, and none for what is so already', async () => {
    for (const on of ['false', 'true', 'true', 'false']) await notify({ on });
    const { entries } = await stage.store.audit.read({ action: 'notify', domain: DOMAIN }, 9);
    expect(entries.map(({ actor, subject, outcome }) => `${actor} ${subject} ${outcome}`)).toEqual([
      'owner@example.org/phone owner@example.org off',
      'owner@example.org/phone owner@example.org on',
    ]);
  });

  it('refuses what is neither yes nor no, and changes nothing', async () => {
    await notify({ on: 'true' });
    const back = await notify({ on: 'perhaps' });
    expect([back.status, notesOf(back)[0], await isOn()]).toEqual([
      'executing',
      'error: on: "perhaps" is neither true nor false.',
      true,
    ]);
  });

  it('is for whoever may use the component', async () => {
    expect(await stage.play('notify', { from: 'x@elsewhere.example/r' })).toMatchObject({ condition: 'forbidden' });
  });
});
