import { describe, expect, it } from 'vitest';
import { childElements, serialize } from '../../../src/xmpp/element.js';
import { decodeError, encodeError } from '../../../src/xmpp/stanza-error.js';
import { canonical, parseXml, payloadOf, type StanzaFile, stanzaFiles } from '../stanza-files.js';
import { CODECS, type RoundTrip } from './codecs.js';

const files = stanzaFiles('0347-registry');
const readable = files.filter(({ expected }) => expected.kind in CODECS);

function decode({ stanza, expected }: StanzaFile): ReturnType<RoundTrip> {
  const codec = CODECS[expected.kind];
  if (codec === undefined) throw new Error(`no codec reads ${expected.kind}`);
  return codec(payloadOf(stanza));
}

describe('examples', () => {
  const good = readable.filter(({ expected }) => expected.error === undefined);

  it('are all of those of XEP-0347, and more', () => {
    const fromTheXep = files.filter(({ expected }) => 'example' in expected);
    expect(fromTheXep).toHaveLength(55);
    expect(good.length).toBeGreaterThan(40);
  });

  it.each(good.map((file) => [file.name, file] as const))('%s', (_name, file) => {
    const decoded = decode(file);
    expect(decoded).toMatchObject({ ok: true });
    if (!decoded.ok) return;
    expect(decoded.value.value).toStrictEqual(file.expected.value);
    const { written } = file.expected;
    const expected = written === undefined ? payloadOf(file.stanza) : parseXml(written);
    const wire = parseXml(serialize(decoded.value.written));
    expect(canonical(wire)).toStrictEqual(canonical(expected));
  });
});

describe('answers without a payload of ours', () => {
  it.each(files.filter(({ expected }) => expected.kind === 'empty').map(({ name, stanza }) => [name, stanza] as const))(
    '%s is an empty result',
    (_name, stanza) => {
      expect(stanza.attrs['type']).toBe('result');
      expect(childElements(stanza)).toEqual([]);
    },
  );

  it.each(files.filter(({ expected }) => expected.kind === 'error').map((file) => [file.name, file] as const))(
    '%s is an error',
    (_name, { stanza, expected }) => {
      const error = decodeError(stanza);
      expect(error).toStrictEqual(expected.value);
      expect(canonical(parseXml(serialize(encodeError(error))))).toStrictEqual(canonical(payloadOf(stanza)));
    },
  );
});

describe('hostile twins', () => {
  const bad = readable.filter(({ expected }) => expected.error !== undefined);

  it('are named so', () => {
    expect(bad.length).toBeGreaterThan(100);
    expect(bad.filter(({ name }) => !name.startsWith('bad-'))).toEqual([]);
  });

  it.each(bad.map((file) => [file.name, file] as const))('%s', (_name, file) => {
    const decoded = decode(file);
    if (decoded.ok) expect.fail(`was read as ${JSON.stringify(decoded.value.value)}`);
    const { condition, type, text = '' } = decoded.error;
    expect({ condition, type }).toEqual({ condition: file.expected.error?.condition, type: file.expected.error?.type });
    for (const part of file.expected.error?.textIncludes ?? []) expect(text).toContain(part);
    for (const secret of file.expected.error?.textExcludes ?? []) expect(text).not.toContain(secret);
  });
});
