import { describe, expect, it } from 'vitest';
import { reportOf } from '../../src/cli/operation-output.js';
import type { CommandOutcome } from '../../src/client/index.js';
import { stanzaError } from '../../src/xmpp/stanza-error.js';

const TABLE: CommandOutcome = {
  kind: 'completed',
  notes: [
    { type: 'info', text: '2 Things.' },
    { type: 'warn', text: 'There are more.' },
  ],
  form: {
    type: 'result',
    fields: [],
    table: {
      columns: [{ name: 'thing', label: 'Id' }, { name: 'label' }],
      rows: [
        ['k3v7q2xn4a', 'Boiler'],
        ['b', 'Evil\u001b[2J\nname'],
      ],
    },
  },
};
const FIELDS: CommandOutcome = {
  kind: 'completed',
  notes: [{ type: 'info', text: 'Set.' }],
  form: {
    type: 'result',
    fields: [
      { name: 'period', type: 'text-single', label: 'Period', values: ['10m'] },
      { name: 'type', type: 'text-multi', label: 'Field types', values: ['momentary', 'status'] },
    ],
  },
};

describe('what a command prints', () => {
  it('is text in columns for people, in which nothing moves the cursor', () => {
    expect(reportOf('my-things', TABLE, 'text')).toEqual({
      status: 0,
      out: '2 Things.\nWarning: There are more.\nId          label\nk3v7q2xn4a  Boiler\nb           Evil\ufffd[2J name\n',
      err: '',
    });
    expect(reportOf('record', FIELDS, 'text').out).toBe('Set.\nPeriod:       10m\nField types:  momentary, status\n');
  });

  it('is one object for programs', () => {
    expect(JSON.parse(reportOf('my-things', TABLE, 'json').out)).toEqual({
      notes: TABLE.kind === 'completed' ? TABLE.notes : [],
      result: [
        { thing: 'k3v7q2xn4a', label: 'Boiler' },
        { thing: 'b', label: 'Evil\u001b[2J\nname' },
      ],
    });
    expect(JSON.parse(reportOf('record', FIELDS, 'json').out).result).toEqual({
      period: '10m',
      type: ['momentary', 'status'],
    });
  });

  it.each<[CommandOutcome, number, string]>([
    [{ kind: 'completed', notes: [{ type: 'error', text: 'No.' }] }, 1, 'No.\n'],
    [{ kind: 'refused', why: 'You may not.' }, 1, 'You may not.\n'],
    [{ kind: 'refused', why: 'No.', error: stanzaError('item-not-found', 'No.') }, 1, 'No.\n'],
    [{ kind: 'refused', why: 'No.', error: stanzaError('forbidden', 'No.') }, 4, 'No.\n'],
    [{ kind: 'faulty', faults: ['period: x', 'type: y'] }, 2, 'period: x\ntype: y\n'],
    [{ kind: 'unconfirmed', question: 'Really?' }, 2, 'Really?\nNothing was done. Add --yes if you mean it.\n'],
    [
      { kind: 'missing', fields: [{ name: 'thing', values: [], options: [{ value: 'id1', label: 'Boiler' }] }] },
      2,
      '--thing is missing: see thingstead record --help.\nid1 Boiler\n',
    ],
  ])('goes to standard error where it was not done: %j', (outcome, status, err) => {
    expect(reportOf('record', outcome, 'text')).toEqual({ status, out: '', err });
  });
});
