import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UTC } from '../../src/domain/time-zone.js';
import { choices, optional, text, time, yesOrNo } from '../../src/operations/field.js';
import { keepable, readForm } from '../../src/operations/read-form.js';

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
