import { describe, expect, it } from 'vitest';
import { childElements, type Element, serialize } from '../../src/xmpp/element.js';
import type { Decoded } from '../../src/xmpp/reader.js';
import { decodeError, encodeError } from '../../src/xmpp/stanza-error.js';
import { canonical, parseXml, payloadOf, type StanzaFile, stanzaFiles } from './stanza-files.js';

/** Reads an element, and writes again what was read. */
export type RoundTrip = (payload: Element) => Decoded<{ readonly value: unknown; readonly written: Element }>;

export function roundTrip<T>(decode: (payload: Element) => Decoded<T>, encode: (value: T) => Element): RoundTrip {
  return (payload) => {
    const decoded = decode(payload);
    return decoded.ok ? { ok: true, value: { value: decoded.value, written: encode(decoded.value) } } : decoded;
  };
}

/**
 * Holds the codecs of a protocol against its stanza files: what is read, what is written of that, and what is refused.
 *
 * @param codecs by the `kind` of the files.
 */
export function testStanzas(protocol: string, codecs: Readonly<Record<string, RoundTrip>>): void {
  const files = stanzaFiles(protocol);
  const named = (chosen: readonly StanzaFile[]) => chosen.map((file) => [file.name, file] as const);
  const isGood = ({ expected }: StanzaFile) => expected.error === undefined;
  const isRead = ({ expected }: StanzaFile) => expected.kind !== 'empty' && expected.kind !== 'error';

  function decode({ stanza, expected }: StanzaFile): ReturnType<RoundTrip> {
    const codec = codecs[expected.kind];
    if (codec === undefined) throw new Error(`no codec reads ${expected.kind}`);
    return codec(payloadOf(stanza));
  }

  it('hostile twins are named so, and each kind of element has one', () => {
    const bad = files.filter((file) => !isGood(file));
    expect(bad).toEqual(files.filter(({ name }) => name.startsWith('bad-')));
    const kinds = new Set(bad.map(({ expected }) => expected.kind));
    expect([...kinds].sort()).toEqual(Object.keys(codecs).sort());
  });

  describe('examples', () => {
    it.each(named(files.filter((file) => isGood(file) && isRead(file))))('%s', (_name, file) => {
      const decoded = decode(file);
      expect(decoded).toMatchObject({ ok: true });
      if (!decoded.ok) return;
      expect(decoded.value.value).toStrictEqual(file.expected.value);
      const { written } = file.expected;
      const expected = written === undefined ? payloadOf(file.stanza) : parseXml(written);
      expect(canonical(parseXml(serialize(decoded.value.written)))).toStrictEqual(canonical(expected));
    });

    it.each(named(files.filter(({ expected }) => expected.kind === 'empty')))('%s', (_name, { stanza }) => {
      expect(stanza.attrs['type']).toBe('result');
      expect(childElements(stanza)).toEqual([]);
    });

    it.each(named(files.filter(({ expected }) => expected.kind === 'error')))('%s', (_name, { stanza, expected }) => {
      const error = decodeError(stanza);
      expect(error).toStrictEqual(expected.value);
      expect(canonical(parseXml(serialize(encodeError(error))))).toStrictEqual(canonical(payloadOf(stanza)));
    });
  });

  describe('hostile twins', () => {
    it.each(named(files.filter((file) => !isGood(file))))('%s', (_name, file) => {
      const decoded = decode(file);
      if (decoded.ok) expect.fail(`was read as ${JSON.stringify(decoded.value.value)}`);
      const { condition, type, text = '' } = decoded.error;
      const { textIncludes, textExcludes = [], ...expected } = file.expected.error ?? { textIncludes: [] };
      expect({ condition, type }).toEqual(expected);
      for (const part of textIncludes) expect(text).toContain(part);
      for (const secret of textExcludes) expect(text).not.toContain(secret);
    });
  });
}
