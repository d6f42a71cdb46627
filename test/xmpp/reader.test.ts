import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element } from '../../src/xmpp/element.js';
import { finiteDouble, quote, quoteTag, Reader } from '../../src/xmpp/reader.js';
import { stanzaError } from '../../src/xmpp/stanza-error.js';

const NS = 'urn:example:lamp';
/** Reads an element whose attribute `a` has the value, or which has none. */
function reading<T>(value: string | undefined, read: (reader: Reader) => T) {
  const reader = new Reader(element('lamp', { xmlns: NS, a: value }));
  const result = read(reader);
  const end = reader.end({ result });
  return end.ok ? { value: end.value.result } : { condition: end.error.condition, text: end.error.text ?? '' };
}
const refused = (text: RegExp) => ({ condition: 'bad-request', text: expect.stringMatching(text) });

/** What stands for no number and no boolean anywhere. */
const NONSENSE = [
  '',
  ' ',
  '\t',
  'NaN',
  'INF',
  '-INF',
  'Infinity',
  '0x10',
  '１２',
  '1e',
  'e5',
  '1 2',
  '1,5',
  '--1',
  '+',
  '.',
  '1_000',
  '0b1',
  '1n',
  'null',
  '__proto__',
  '\u00a01',
  '1\u2028',
  '\ufeff1',
  'true\u00a0',
  'x'.repeat(100_000),
];

describe('boolean', () => {
  const boolean = (value?: string) => reading(value, (read) => read.boolean('a', true));

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
    [' true ', true],
    ['\n0\t', false],
  ])('reads %j', (text, value) => {
    expect(boolean(text)).toEqual({ value });
  });

  it('is what is usual where it is absent', () => {
    expect(boolean()).toEqual({ value: true });
    expect(reading(undefined, (read) => read.boolean('a', false))).toEqual({ value: false });
  });

  it.each([...NONSENSE, 'TRUE', 'True', 'yes', 'on', '01', '2', '-1', 'tr ue'])('refuses %j', (text) => {
    expect(boolean(text)).toEqual(refused(/^<lamp\/>: a=".*" is not a boolean; use true or false\.$/s));
  });
});

describe('double', () => {
  const double = (value?: string) => reading(value, (read) => read.double('a'));

  it.each([
    ['1.20', 1.2, '1.20'],
    ['-0', -0, '-0'],
    ['+5', 5, '+5'],
    ['.5', 0.5, '.5'],
    ['5.', 5, '5.'],
    ['1E+3', 1000, '1E+3'],
    [' 7\n', 7, '7'],
    ['1e-400', 0, '1e-400'],
    ['1.7976931348623157e308', Number.MAX_VALUE, '1.7976931348623157e308'],
  ])('reads %j, and keeps how it was written', (written, value, text) => {
    expect(double(written)).toEqual({ value: { value, text } });
  });

  it.each([...NONSENSE, '1e400', '-1e400', '9'.repeat(400), '1d', '1f', 'true', '0x1p3'])('refuses %j', (text) => {
    expect(double(text)).toEqual(refused(/^<lamp\/>: a=".*" is not a finite number\.$/s));
  });

  it('must be there', () => {
    expect(double()).toEqual(refused(/^<lamp\/>: the attribute "a" is missing\.$/));
  });

  it('is read as the language reads it, wherever it is read at all', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(finiteDouble(` ${Object.is(value, -0) ? '-0' : value} `)).toBe(value);
      }),
    );
  });
});

describe('integer', () => {
  const integer = (value?: string, max = 100) => reading(value, (read) => read.integer('a', 1, max));

  it.each([
    ['1', 1],
    ['100', 100],
    ['+7', 7],
    ['007', 7],
    [' 7\r', 7],
  ])('reads %j', (text, value) => {
    expect(integer(text)).toEqual({ value });
  });

  it('gives zero for minus zero', () => {
    expect(reading('-0', (read) => Object.is(read.integer('a', 0, 1), 0))).toEqual({ value: true });
  });

  it.each([...NONSENSE, '0', '101', '-1', '1.0', '1.', '1e2', '9'.repeat(400)])('refuses %j', (text) => {
    expect(integer(text)).toEqual(refused(/^<lamp\/>: a=".*" will not do; use a whole number from 1 to 100\.$/s));
  });

  it('may have no upper bound', () => {
    expect(integer('99999999', Number.POSITIVE_INFINITY)).toEqual({ value: 99_999_999 });
    expect(integer('9'.repeat(400), Number.POSITIVE_INFINITY)).toEqual({ value: Number.POSITIVE_INFINITY });
    expect(integer('0', Number.POSITIVE_INFINITY)).toEqual(refused(/use a whole number of at least 1\.$/));
  });

  it('must be there, unless something is usual', () => {
    expect(integer()).toEqual(refused(/the attribute "a" is missing; use a whole number from 1 to 100\.$/));
    expect(reading(undefined, (read) => read.integer('a', 1, 100, 20))).toEqual({ value: 20 });
    expect(reading('', (read) => read.integer('a', 1, 100, 20))).toEqual(refused(/a="" will not do/));
  });
});

describe('jid', () => {
  const jid = (value?: string) => reading(value, (read) => read.jid('a')?.full);

  it('reads one in stringprep form', () => {
    expect(jid('\u017fAM@Example.org/X')).toEqual({ value: 'sam@example.org/X' });
    expect(jid()).toEqual({ value: undefined });
  });

  it.each(['', ' ', '@example.org', 'a@', 'a@b@c', 'a b@c', 'a@b/', '/x', `${'a'.repeat(1024)}@b`, 'a@b\u0007'])(
    'refuses %j',
    (text) => {
      expect(jid(text)).toMatchObject({
        condition: 'jid-malformed',
        text: expect.stringMatching(/^a=".*" is not a JID\.$/s),
      });
    },
  );
});

describe('an attribute', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'named as what objects inherit is absent: %s',
    (name) => {
      const read = new Reader(element('lamp', { xmlns: NS }));
      expect(read.optional(name)).toBeUndefined();
      expect(read.boolean(name, true)).toBe(true);
      expect(read.jid(name)).toBeUndefined();
      expect(read.string(name, 'usual')).toBe('usual');
      expect(read.ok).toBe(true);
      expect(read.required(name)).toBe('');
      expect(read.ok).toBe(false);
    },
  );

  it('may be empty where it is required', () => {
    expect(reading('', (read) => read.required('a'))).toEqual({ value: '' });
    expect(reading('', (read) => read.string('a', 'usual'))).toEqual({ value: '' });
    expect(reading(undefined, (read) => read.required('a'))).toEqual(refused(/the attribute "a" is missing\.$/));
  });
});

describe('children', () => {
  const of = (...inside: Parameters<typeof element>[2][]) => {
    const read = new Reader(element('lamp', { xmlns: NS }, ...inside));
    const children = read.children('bulb', 'wire').map((child) => child.element.getName());
    const end = read.end({});
    return { children, error: end.ok ? undefined : end.error };
  };

  it('are read in order, with white space between them', () => {
    expect(of('\n ', element('bulb'), '\t', element('wire'), element('bulb', { xmlns: NS }), ' ')).toEqual({
      children: ['bulb', 'wire', 'bulb'],
      error: undefined,
    });
  });

  it.each([
    ['of an unknown name', element('sun'), /<sun\/> is not known here; known are <bulb\/>, <wire\/>\.$/],
    [
      'in another namespace',
      element('bulb', { xmlns: 'urn:example:sun' }),
      /<bulb\/> is in the namespace "urn:example:sun"\.$/,
    ],
    [
      'with a prefix of another namespace',
      element('s:bulb', { 'xmlns:s': 'urn:example:sun' }),
      /<bulb\/> is in the namespace "urn:example:sun"\.$/,
    ],
    ['that are text', 'some text', /text is not allowed here\.$/],
    ['that are a space of no XML', '\u00a0', /text is not allowed here\.$/],
  ])('%s are refused', (_, child, text) => {
    expect(of(element('bulb'), child).error).toEqual({
      condition: 'bad-request',
      type: 'modify',
      text: expect.stringMatching(text),
    });
  });

  it.each(['', 'jabber:client', 'jabber:component:accept'])('may have lost their namespace: "%s"', (xmlns) => {
    expect(of(element('bulb', { xmlns }))).toEqual({ children: ['bulb'], error: undefined });
    expect(of(element('sun', { xmlns })).error?.text).toMatch(/<sun\/> is not known here/);
  });

  it('may have a prefix of the same namespace', () => {
    expect(of(element('l:bulb', { 'xmlns:l': NS })).error).toBeUndefined();
  });

  it('are refused where there are to be none', () => {
    const read = new Reader(element('lamp', { xmlns: NS }, element('bulb')));
    read.empty();
    expect(read.end({})).toMatchObject({
      error: { text: '<lamp/>: <bulb/> is not known here; known are no elements.' },
    });
  });

  it('of long names are cut in what is said of them', () => {
    const name = 'b'.repeat(10_000);
    for (const child of [element(name), element(name, { xmlns: 'urn:example:sun' })]) {
      expect(of(child).error?.text?.length).toBeLessThan(200);
    }
  });
});

describe('a reader', () => {
  it('keeps the first fault, and takes over that of a child', () => {
    const read = new Reader(element('lamp', {}, element('bulb')));
    const [child] = read.children('bulb');
    if (child === undefined) throw new Error('no child');
    read.takeOver(child);
    expect(read.ok).toBe(true);
    child.required('watts');
    child.required('colour');
    read.takeOver(child);
    read.fail(stanzaError('forbidden'));
    expect(read.end({})).toMatchObject({ ok: false, error: { text: '<bulb/>: the attribute "watts" is missing.' } });
  });

  it('that has neither a value nor a fault is a bug', () => {
    expect(() => new Reader(element('lamp')).end(undefined)).toThrow('<lamp/> has neither a value nor a fault');
  });
});

describe('a quoted value', () => {
  it('is cut at 64 characters, none of them in halves, and hides no control character', () => {
    expect(quote('😀'.repeat(64))).toBe(`"${'😀'.repeat(64)}"`);
    expect(quote('😀'.repeat(65))).toBe(`"${'😀'.repeat(64)}..."`);
    expect(quote('a"b\\c\n\u0007')).toBe('"a\\"b\\\\c\\n\\u0007"');
    expect(quoteTag(element('x'.repeat(65)))).toBe(`<${'x'.repeat(64)}.../>`);
  });
});
