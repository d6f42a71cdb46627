import { expect, it } from 'vitest';
import { createStage, notesOf, OWNER } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const PASTED = 'IoTDisco;SN:1;KEY:hunter22';

it.each<[name: string, from: string, field: string, values: Record<string, string>]>([
  ['share', OWNER, 'with', { with: PASTED }],
  ['update', OWNER, 'name', { name: PASTED }],
  ['erase', OWNER, 'field', { field: PASTED }],
  ['block', ADMIN, 'who', { who: PASTED, reason: 'noise' }],
  ['block', ADMIN, 'reason', { who: 'far.example', reason: PASTED }],
  ['move', ADMIN, 'reason', { to: 'anna@example.org', reason: PASTED }],
  ['claim', OWNER, 'public', { sn: '1', public: PASTED }],
])('a KEY pasted into a field of %s reaches nothing (%s, %s)', async (name, from, field, values) => {
  const stage = createStage();
  const id = await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org', isPublic: false });
  const isGeneral = name === 'block' || name === 'claim';
  const at = { from, to: isGeneral ? DOMAIN : `${id}@${DOMAIN}` };
  const { sessionid } = await stage.go(name, at);
  const back = await stage.go(name, { ...at, sessionid, values });
  expect(back.status).toBe('executing');
  expect(notesOf(back)[0]).toContain(`error: ${field}: This looks like the text of a QR code`);
  const things = await stage.store.things.ofJid(bare('boiler@example.org'));
  const { entries } = await stage.store.audit.read({ domain: DOMAIN }, 99);
  const all = JSON.stringify([back, things, entries, stage.blocks.all(), stage.logged]);
  expect(all).not.toContain('hunter22');
});
