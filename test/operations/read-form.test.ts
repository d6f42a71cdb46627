import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UTC } from '../../src/domain/time-zone.js';
import { choiceOf, choices, lines, optional, secret, text, time, yesOrNo } from '../../src/operations/field.js';
import { keepable, readForm, showable } from '../../src/operations/read-form.js';

const shown = { label: 'L', description: 'D' };
const FIELDS = {
  word: text(shown, (value) => ({ ok: true, value })),
  perhaps: optional(text(shown, (value) => ({ ok: true, value }))),
  types: choices({ ...shown, initial: ['a'] }, ['a', 'b']),
  when: optional(time(shown)),
  sure: optional(yesOrNo(shown)),
};
const reading = { zone: UTC, bareJid: () => undefined };

const value = fc.oneof(
  fc.constantFrom('', ' ', 'a', 'b', 'true', '0', '2026-01-01', 'x'.repeat(3000), 'x'.repeat(5000)),
  fc.string(),
);
const given = fc
  .dictionary(fc.constantFrom(...Object.keys(FIELDS), 'odd', 'toString'), fc.array(value, { maxLength: 4 }))
  .map((values) => new Map(Object.entries(values)));

describe('a form', () => {
  it('that is right is read the same from what is kept of it; what is kept is always little', () => {
    fc.assert(
      fc.property(given, (all) => {
        const kept = keepable(FIELDS, all);
        expect([...kept.keys()].every((name) => Object.hasOwn(FIELDS, name))).toBe(true);
        for (const values of kept.values()) expect(values.join('').length).toBeLessThanOrEqual(4096);
        const read = readForm(FIELDS, all, new Map(), reading);
        if ('input' in read) expect(readForm(FIELDS, kept, new Map(), reading)).toEqual(read);
      }),
    );
  });

  it('keeps what it holds where nothing is said, and tells all that is wrong at once', () => {
    expect(readForm(FIELDS, new Map(), new Map([['word', ['present']]]), reading)).toEqual({
      input: { word: 'present', perhaps: undefined, types: new Set(['a']), when: undefined, sure: undefined },
    });
    const wrong = new Map([
      ['word', ['']],
      ['types', ['c']],
      ['when', ['noon']],
      ['sure', ['yes']],
    ]);
    const read = readForm(FIELDS, wrong, new Map([['word', ['present']]]), reading);
    expect('faults' in read && [...read.faults.keys()]).toEqual(['word', 'types', 'when', 'sure']);
  });
});

describe('a secret', () => {
  const OF_SECRETS = {
    key: secret(shown, (value) => (value.length > 4 ? { ok: true, value } : { ok: false, fault: 'It is too short.' })),
    word: { ...text(shown, (value) => ({ ok: true, value })), mayShow: (value: string) => !value.includes('KEY') },
    lines: { ...lines(shown, (value) => ({ ok: true, value })), mayShow: (value: string) => !value.includes('KEY') },
  };

  it('is not shown again, nor a value that may be one, and both are told', () => {
    const all = new Map([
      ['key', ['hunter22']],
      ['word', ['a word']],
      ['lines', ['SN:1', 'KEY:hunter22']],
    ]);
    expect(showable(OF_SECRETS, all)).toEqual({
      shown: new Map([
        ['word', ['a word']],
        ['lines', ['SN:1']],
      ]),
      withheld: ['key', 'lines'],
    });
    expect(showable(OF_SECRETS, new Map([['key', []]]))).toEqual({ shown: new Map(), withheld: [] });
  });

  it('is in no fault, however long it is', () => {
    const all = new Map([
      ['key', ['hunter22'.repeat(1000)]],
      ['word', ['KEY hunter22'.repeat(1000)]],
      ['lines', ['KEY hunter22'.repeat(1000)]],
    ]);
    const read = readForm(OF_SECRETS, all, new Map(), reading);
    const fault = 'This is too long; it may have at most 4096 characters.';
    expect(read).toEqual({ faults: new Map([...all.keys()].map((name) => [name, fault])) });
  });
});

describe('the text of a QR code in a field that is not for it', () => {
  const fields = {
    key: optional(secret(shown, (value) => ({ ok: true, value }))),
    word: optional(text(shown, (value) => ({ ok: false, fault: `${value} is wrong.` }))),
    sure: optional(yesOrNo(shown)),
    types: choices({ ...shown, initial: ['a'] }, ['a', 'b']),
    lines: optional(lines(shown, (value) => ({ ok: true, value }))),
  };
  it.each([
    ['IoTDisco;SN:1;KEY:hunter22'],
    ['  iotdisco:SN=1;KEY=hunter22'],
    ['iOtDiScO:hunter22'],
    ['SN:1;KEY:hunter22'],
    ['SN:1; #key = hunter22'],
    ['SN:1；ＫＥＹ：hunter22'],
    ['noise', 'SN:1;', 'KEY:hunter22'],
  ])('is refused without its words, and neither kept nor shown: %s', (...values) => {
    for (const name of ['word', 'sure', 'types', 'lines']) {
      const all = new Map([[name, values]]);
      const read = readForm(fields, all, new Map(), reading);
      expect('faults' in read && [...read.faults.keys()]).toEqual([name]);
      expect('faults' in read && read.faults.get(name)).toContain(
        'belongs into its own field of the operation claim alone',
      );
      expect([...keepable(fields, all).values()].flat()).toEqual([]);
      expect(showable(fields, all)).toEqual({ shown: new Map([[name, []]]), withheld: [name] });
    }
  });

  it('is taken where a secret is asked for, and a word about keys anywhere', () => {
    const secrets = new Map([['key', ['IoTDisco;SN:1;KEY:hunter22']]]);
    expect(readForm(fields, secrets, new Map(), reading)).toMatchObject({
      input: { key: 'IoTDisco;SN:1;KEY:hunter22' },
    });
    const about = ['He lost it; the key: a new one', 'monkey:1', 'https://example.org/?a=1;b=2'];
    const written = new Map([['lines', about]]);
    expect(readForm(fields, written, new Map(), reading)).toMatchObject({ input: { lines: about } });
    expect(keepable(fields, written)).toEqual(written);
  });
});

describe('characters that nobody sees', () => {
  const asIs = (value: string) => ({ ok: true as const, value });
  const fields = {
    word: optional(text(shown, asIs)),
    lines: optional(lines(shown, (value) => ({ ok: true, value }))),
    key: optional(secret(shown, asIs)),
    part: { ...optional(text(shown, asIs)), isExact: true as const },
    which: optional(choiceOf(shown, asIs)),
  };
  const UNSEEN = ['a\u202eb', 'a\u202ab', 'a\u2066b', 'a\u2069', 'a\u0085b', 'a\u007f', 'a\u001bb'];

  it.each(UNSEEN)('are refused in texts: %j', (value) => {
    for (const name of ['word', 'lines']) {
      const read = readForm(
        fields,
        new Map([[name, ['fine', value].slice(name === 'lines' ? 0 : 1)]]),
        new Map(),
        reading,
      );
      expect('faults' in read && read.faults.get(name)).toContain('which nobody would see; write it without');
    }
  });

  it.each(UNSEEN)('are taken where they name what has them, and where the form has shown them: %j', (value) => {
    for (const name of ['key', 'part', 'which']) {
      expect(readForm(fields, new Map([[name, [value]]]), new Map(), reading)).toMatchObject({
        input: { [name]: value },
      });
    }
    const present = new Map([['lines', [value]]]);
    expect(readForm(fields, new Map([['lines', [value, 'b']]]), present, reading)).toMatchObject({
      input: { lines: [value, 'b'] },
    });
  });

  it('are not those that scripts need, nor white space', () => {
    const written = 'אבג\u200f, می\u200cخواهم,\ta\nb';
    expect(readForm(fields, new Map([['word', [written]]]), new Map(), reading)).toMatchObject({
      input: { word: written },
    });
  });
});
