import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Rig, startRig } from './rig.js';

// Whatever ever broke the component, or the run: a comment that says how, then the stanzas.

const CORPUS = new URL('corpus/', import.meta.url);
const files = readdirSync(CORPUS).filter((file) => file.endsWith('.xml'));

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

it.each(files)('%s is survived, and answered as RFC 6120 says', async (file) => {
  const [, why = '', stanzas = ''] = /^<!--(.+?)-->\s*(.+)$/s.exec(readFileSync(new URL(file, CORPUS), 'utf8')) ?? [];
  expect(why.trim()).not.toBe('');
  // One after another: what broke may need what went before.
  for (const stanza of stanzas.trim().split(/\n(?=<(?:iq|message|presence)\b)/)) await rig.play([stanza]);
  expect(await rig.faults()).toEqual([]);
});
