import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { text } from '../../src/operations/field.js';
import { operation } from '../../src/operations/operation.js';
import { done } from '../../src/operations/outcome.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const OWNER = 'owner@example.org/phone';
const SPAN = { from: '2026-02-02', until: '2026-02-01' };
const ORDER = 'until: 2026-02-01T00:00:00Z is before 2026-02-02T00:00:00Z, from when it is to begin; use a later time.';

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  stage.now = Date.now(); // the store's own clock judges which former ownerships are kept
  const tags = [{ kind: 'str', name: 'NAME', value: 'Cellar' }] as const;
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org', tags })) ?? expect.fail();
  await stage.store.readings.add([{ ownership: id, readings: [reading(1, '1')] }]);
});

/** @returns the answer to the form of a command on the Thing, or, with `''`, at the component. */
async function fill(name: string, values: Record<string, string>, from: string, to = `${id}@${DOMAIN}`) {
  const at = { from, ...(to !== '' && { to }) };
  const { sessionid } = await stage.go(name, at);
  return stage.go(name, { ...at, sessionid, values });
}

describe('what values cannot be together, or as things are, is said before a question is asked', () => {
  it.each<[string, Record<string, string>, string, string, string?]>([
    ['erase', SPAN, OWNER, ORDER],
    ['backfill', SPAN, OWNER, ORDER],
    ['history', SPAN, OWNER, ORDER],
    ['audit', SPAN, OWNER, ORDER, ''],
    ['audit', { actor: '@' }, OWNER, 'actor: "@" is no JID.', ''],
    ['history', { unit: 'furlongs per' }, OWNER, 'unit: '],
    ['replace', { replaces: 'boiler@example.org' }, OWNER, 'replaces: A Thing does not replace itself'],
    ['replace', { replaces: 'nothing' }, OWNER, 'replaces: "nothing" is no Thing'],
    ['transfer', { to: 'owner@example.org' }, OWNER, 'to: owner@example.org owns the Thing already.'],
    ['transfer', { to: 'boiler@example.org' }, OWNER, 'to: boiler@example.org is the Thing itself.'],
    ['transfer', { to: 'x@elsewhere.example' }, OWNER, 'to: x@elsewhere.example may not use this component.'],
    ['move', { to: 'owner@example.org' }, ADMIN, 'to: owner@example.org owns the Thing already.'],
    ['move', { to: 'x@elsewhere.example' }, ADMIN, 'to: x@elsewhere.example may not use this component.'],
    ['block', { who: 'admin@example.org', reason: 'x' }, ADMIN, 'who: You cannot block yourself.', ''],
    ['erase-former', { thing: 'neverwas22' }, OWNER, 'thing: Nothing is kept of a former Thing', ''],
  ])('%s %j', async (name, values, from, fault, to) => {
    const back = await fill(name, values, from, to);
    expect([back.status, back.form?.type, notesOf(back)]).toEqual([
      'executing',
      'form',
      [expect.stringContaining(`error: ${fault}`), ...notesOf(back).slice(1)],
    ]);
    expect(notesOf(back).join()).not.toContain('warn');
    const [field = ''] = fault.split(':');
    const shown = back.form?.fields.find(({ name: each }) => each === field);
    expect(shown?.values).toEqual([values[field]]);
  });

  it.each<[string, Record<string, string>]>([
    ['erase', { from: '2026-02-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }],
    ['transfer', { to: 'anna@example.org' }],
    ['transfer', {}],
  ])('%s %j has nothing wrong with it, and asks', async (name, values) => {
    expect(notesOf(await fill(name, values, OWNER))).toEqual([expect.stringContaining('warn: ')]);
  });

  it('and is judged again before it is done, as things may have changed', async () => {
    const { sessionid } = await fill('transfer', { to: 'anna@example.org' }, OWNER);
    const entry = { at: 1, actor: bare(ADMIN), action: 'block', subject: 'anna@example.org', outcome: 'done' } as const;
    const block = { subject: bare('anna@example.org'), actor: bare(ADMIN), at: 1, reason: '' };
    await stage.blocks.put(block, entry);
    const back = await stage.go('transfer', { from: OWNER, to: `${id}@${DOMAIN}`, sessionid, action: 'complete' });
    expect(notesOf(back)[0]).toBe('error: to: anna@example.org may not use this component.');
    expect((await stage.store.things.byOwnership(id))?.ownership?.offer).toBeUndefined();
  });

  it('but not of what is wrong by itself already', async () => {
    const seen: string[] = [];
    const rite = operation({
      name: 'rite',
      label: 'Rite',
      about: 'Rites.',
      may: 'anyone',
      fields: { even: text({ label: 'Even', description: '' }, readEven) },
      check({ even }) {
        seen.push(even);
        return even === '4' ? new Map([['even', 'Not four.']]) : undefined;
      },
      run: async ({ even }) => done(even),
    });
    stage = createStage([rite]);
    expect(notesOf(await fill('rite', { even: '3' }, OWNER, ''))).toEqual(['error: even: Odd.']);
    expect(notesOf(await fill('rite', { even: '4' }, OWNER, ''))).toEqual(['error: even: Not four.']);
    expect(notesOf(await fill('rite', { even: '2' }, OWNER, ''))).toEqual(['info: 2']);
    expect(new Set(seen)).toEqual(new Set(['4', '2']));
  });
});

function readEven(value: string) {
  return Number(value) % 2 === 0 ? ({ ok: true, value } as const) : ({ ok: false, fault: 'Odd.' } as const);
}

describe('the question of replace names both Things as people call them', () => {
  it('the one replaced by its label, whatever was typed', async () => {
    const tags = [{ kind: 'str', name: 'NAME', value: 'Attic' }] as const;
    const old = await stage.place({ jid: 'old@example.org', owner: 'owner@example.org', tags });
    for (const replaces of [String(old), 'OLD@example.org']) {
      const [question] = notesOf(await fill('replace', { replaces }, OWNER));
      expect(question).toContain(
        'Join the readings of Attic (old@example.org) to those of Cellar (boiler@example.org)',
      );
    }
  });

  it('a former one by its address, and by no tag of who has it now', async () => {
    const old = (await stage.place({ jid: 'old@example.org', owner: 'owner@example.org' })) ?? expect.fail();
    await stage.store.readings.add([{ ownership: old, readings: [reading(1, '2')] }]);
    const [thing] = await stage.store.things.ofJid(bare('old@example.org'));
    await stage.registry.remove(thing?.address ?? expect.fail(), bare('owner@example.org'));
    const tags = [{ kind: 'str', name: 'NAME', value: 'Secret' }] as const;
    await stage.place({ jid: 'old@example.org', owner: 'anna@example.org', tags });
    const [question] = notesOf(await fill('replace', { replaces: old }, OWNER));
    expect(question).toContain(`Join the readings of your former Thing old@example.org (${old}) to those of`);
    expect(question).not.toContain('Secret');
  });
});
