import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, type CommandOptions, runCommand } from '../../src/client/index.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { optional, text } from '../../src/operations/field.js';
import { operationOnThing } from '../../src/operations/operation.js';
import { done, refused } from '../../src/operations/outcome.js';
import { childElements, element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { createStage, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

const ran: string[] = [];
const word = text({ label: 'What', description: 'What to burn' }, (value) =>
  value === 'water' ? { ok: false, fault: 'Water does not burn.' } : { ok: true, value },
);
const burn = operationOnThing({
  name: 'burn',
  label: 'Burn',
  about: 'Burns something.',
  may: { thing: 'manage' },
  fields: { what: word, why: optional(word) },
  question: ({ what }) => `Burn ${what}?`,
  run: async ({ what }) => {
    ran.push(what);
    return what === 'stone' ? refused('It went out.') : done('Burnt.');
  },
});

let stage: Stage;
let id: OwnershipId | undefined;
/** The actions that were sent. */
let sent: string[];
beforeEach(async () => {
  ran.length = 0;
  sent = [];
  stage = createStage([burn]);
  id = await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' });
});

const client: Pick<Client, 'ask'> = {
  async ask(type, to, payload) {
    sent.push(String(payload.attrs['action']));
    const stanza = await stage.send(payload, { from: OWNER, to }, type);
    if (stanza.attrs['type'] === 'error') return { kind: 'error', error: decodeError(stanza), stanza };
    return { kind: 'result', payload: childElements(stanza)[0] };
  },
};
const burning = (options: CommandOptions, to: string = DOMAIN) => runCommand(client, to, 'thingstead:burn', options);

describe('a command that is run by a program', () => {
  it('goes through all its stages with what it was given', async () => {
    const values = { thing: [String(id)], what: ['wood'], of: ['no', 'use'] };
    expect(await burning({ values, confirm: true })).toEqual({
      kind: 'completed',
      notes: [{ type: 'info', text: 'Burnt.' }],
    });
    expect(sent).toEqual(['execute', 'next', 'next', 'complete']);
    expect(await burning({ values: { what: ['coal'] }, confirm: true }, `${id}@${DOMAIN}`)).toMatchObject({
      kind: 'completed',
    });
    expect(ran).toEqual(['wood', 'coal']);
  });

  it('tells what the rules refuse', async () => {
    const to = `${id}@${DOMAIN}`;
    expect(await burning({ values: { what: ['stone'] }, confirm: true }, to)).toMatchObject({
      kind: 'completed',
      notes: [{ type: 'error', text: 'It went out.' }],
    });
  });

  it.each([
    ['a field is missing', { values: {} }, { kind: 'missing', fields: [{ name: 'what' }] }],
    ['a field is given without a value', { values: { what: [] } }, { kind: 'missing', fields: [{ name: 'what' }] }],
    [
      'a value will not do',
      { values: { what: ['water'] } },
      { kind: 'faulty', faults: ['what: Water does not burn.'] },
    ],
    ['nobody confirmed it', { values: { what: ['wood'] } }, { kind: 'unconfirmed', question: 'Burn wood?' }],
  ])('is cancelled, and nothing done, where %s', async (_why, options, outcome) => {
    expect(await burning(options, `${id}@${DOMAIN}`)).toMatchObject(outcome);
    expect(sent.at(-1)).toBe('cancel');
    expect(ran).toEqual([]);
  });

  it('is refused where it may not be run, where it is not, and where nobody answers', async () => {
    const never = await runCommand(client, DOMAIN, 'thingstead:never');
    expect(never).toMatchObject({ kind: 'refused', why: expect.stringContaining('thingstead:never') });
    const silent = await runCommand({ ask: async () => ({ kind: 'silent' }) }, DOMAIN, 'n');
    expect(silent).toEqual({ kind: 'refused', why: 'No answer came.' });
    const empty: Pick<Client, 'ask'> = { ask: async () => ({ kind: 'result', payload: element('command') }) };
    expect(await runCommand(empty, DOMAIN, 'n')).toMatchObject({ kind: 'refused' });
  });

  it('that goes round in a circle is given up', async () => {
    let asked = 0;
    const xml = { xmlns: 'http://jabber.org/protocol/commands', node: 'n', sessionid: 's', status: 'executing' };
    const circle: Pick<Client, 'ask'> = {
      ask: async () => {
        asked += 1;
        return { kind: 'result', payload: element('command', xml) };
      },
    };
    expect(await runCommand(circle, DOMAIN, 'n')).toMatchObject({ kind: 'refused', why: 'The command has no end.' });
    expect(asked).toBeLessThan(50);
  });
});
