import { describe, expect, it } from 'vitest';
import { decodeRejected, encodeRejected } from '../../../src/xep/0323-sensor-data/codec.js';
import { serialize } from '../../../src/xmpp/element.js';
import { decodeError, encodeError } from '../../../src/xmpp/stanza-error.js';
import { canonical, parseXml, payloadOf, type StanzaFile, stanzaFiles } from '../stanza-files.js';
import { CODECS, plain, type RoundTrip } from './codecs.js';

const files = stanzaFiles('0323-sensor-data');
const readable = files.filter(({ expected }) => expected.kind in CODECS);

function decode({ stanza, expected }: StanzaFile): ReturnType<RoundTrip> {
  const codec = CODECS[expected.kind];
  if (codec === undefined) throw new Error(`no codec reads ${expected.kind}`);
  return codec(payloadOf(stanza));
}

const named = (file: StanzaFile) => [file.name, file] as const;

describe('examples', () => {
  it('are all of those of XEP-0323', () => {
    const captions = (kind: string) =>
      new Set(files.map(({ expected }) => Reflect.get(expected, kind)).filter(Boolean));
    expect(captions('example').size).toBe(10);
    expect([...captions('table')].sort()).toEqual([
      'Field Types',
      'Field Value Data Types',
      'Quality of Service Flags',
      'Special Field Types available in read-out requests',
      'XMPP Errors when rejecting a readout request',
      'stringIds Examples',
    ]);
    expect(files.filter(({ name }) => name.startsWith('example-'))).toHaveLength(31);
  });

  it.each(readable.filter(({ expected }) => expected.error === undefined).map(named))('%s', (_name, file) => {
    const decoded = decode(file);
    expect(decoded).toMatchObject({ ok: true });
    if (!decoded.ok) return;
    expect(decoded.value.value).toStrictEqual(file.expected.value);
    const { written } = file.expected;
    const expected = written === undefined ? payloadOf(file.stanza) : parseXml(written);
    const wire = parseXml(serialize(decoded.value.written));
    expect(canonical(wire)).toStrictEqual(canonical(expected));
  });

  it.each(files.filter(({ expected }) => expected.kind === 'error').map(named))('%s', (_name, { stanza, expected }) => {
    const error = decodeError(stanza);
    expect(plain(error)).toStrictEqual(expected.value);
    expect(canonical(parseXml(serialize(encodeError(error))))).toStrictEqual(canonical(payloadOf(stanza)));
  });
});

describe('hostile twins', () => {
  it('stand beside every kind of element', () => {
    const kinds = new Set(files.filter(({ name }) => name.startsWith('bad-')).map(({ expected }) => expected.kind));
    expect([...kinds].sort()).toEqual(Object.keys(CODECS).sort());
  });

  it.each(readable.filter(({ expected }) => expected.error !== undefined).map(named))('%s', (_name, file) => {
    const decoded = decode(file);
    if (decoded.ok) expect.fail(`was read as ${JSON.stringify(decoded.value.value)}`);
    const { condition, type, text = '' } = decoded.error;
    expect({ condition, type }).toEqual({ condition: file.expected.error?.condition, type: file.expected.error?.type });
    for (const part of file.expected.error?.textIncludes ?? []) expect(text).toContain(part);
  });

  it('never let a token into an error', () => {
    const xml = `<req xmlns='urn:xmpp:iot:sensordata' seqnr='1' userToken='${'sesame'.repeat(2000)}'/>`;
    const decoded = CODECS['req']?.(parseXml(xml));
    expect(decoded).toMatchObject({ ok: false });
    expect(JSON.stringify(decoded)).not.toContain('sesame');
  });
});

describe('rejected, of versions before 0.3', () => {
  it('is read and written', () => {
    const xml = "<rejected xmlns='urn:xmpp:iot:sensordata' seqnr='3'><error>Access denied.</error></rejected>";
    const rejected = decodeRejected(parseXml(xml));
    expect(rejected).toEqual({ errors: ['Access denied.'] });
    expect(canonical(encodeRejected({ value: 3, text: '3' }, rejected))).toEqual(canonical(parseXml(xml)));
  });
});
