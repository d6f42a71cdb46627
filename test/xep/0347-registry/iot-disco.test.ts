import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tag } from '../../../src/domain/thing.js';
import { readIotDisco, writeIotDisco } from '../../../src/xep/0347-registry/iot-disco.js';
import { tags } from './arbitraries.js';

const str = (name: string, value: string): Tag => ({ name, kind: 'str', value });
const num = (name: string, text: string): Tag => ({ name, kind: 'num', value: Number(text), text });

/** The example of XEP-0347 section 3.9. */
const EXAMPLE = 'IoTDisco;SN:394872348732948723;MAN:www.ktc.se;MODEL:IMC;#V:1.2;KEY:4857402340298342';
const EXAMPLE_TAGS = [
  str('SN', '394872348732948723'),
  str('MAN', 'www.ktc.se'),
  str('MODEL', 'IMC'),
  num('V', '1.2'),
  str('KEY', '4857402340298342'),
];

describe('IoTDisco', () => {
  it('is written and read as in the specification', () => {
    expect(writeIotDisco(EXAMPLE_TAGS)).toBe(EXAMPLE);
    expect(readIotDisco(EXAMPLE)).toEqual({ tags: EXAMPLE_TAGS });
    expect(readIotDisco(`   ${EXAMPLE}`)).toEqual({ tags: EXAMPLE_TAGS });
  });

  it('escapes semicolons and backslashes', () => {
    const escaped = [str('A', 'a;b\\c'), str('B', '\\'), str('C', ';'), str('D', 'x:#y')];
    expect(writeIotDisco(escaped)).toBe('IoTDisco;A:a\\;b\\\\c;B:\\\\;C:\\;;D:x:#y');
    expect(readIotDisco(writeIotDisco(escaped))).toEqual({ tags: escaped });
  });

  it('brings names and values to their one form, and keeps digits', () => {
    expect(readIotDisco('IoTDisco;sn:e\u0301;#v:1.20;KEY:')).toEqual({
      tags: [str('SN', 'é'), num('V', '1.20'), str('KEY', '')],
    });
  });

  it('comes back as it was, whatever the tags', () => {
    fc.assert(
      fc.property(
        tags.filter((given) => given.length > 0),
        (given) => {
          expect(readIotDisco(writeIotDisco(given))).toEqual({ tags: given });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never throws, whatever it is given', () => {
    const soup = fc.string({
      unit: fc.constantFrom('IoTDisco', 'iotdisco:', ';', ':', '\\', '#', 'V', '=', '%', '%20', '1'),
    });
    fc.assert(
      fc.property(soup, (text) => {
        const read = readIotDisco(text);
        expect('fault' in read ? read.fault : read.tags).not.toHaveLength(0);
      }),
    );
  });
});

describe('the URI form', () => {
  it.each([
    'iotdisco:SN=394872348732948723;MAN=www.ktc.se;MODEL=IMC;#V=1.2;KEY=4857402340298342',
    'IOTDISCO:SN=394872348732948723;MAN=www%2Ektc.se;MODEL=IMC;%23V=1.2;KEY=4857402340298342',
  ])('%s', (uri) => expect(readIotDisco(uri)).toEqual({ tags: EXAMPLE_TAGS }));

  it.each([
    ['iotdisco:SN=1;R=things.example.org;KEY=2', 'things.example.org'],
    ['iotdisco:R=Things.Example.ORG;SN=1;KEY=2', 'things.example.org'],
    ['iotdisco:SN=1;KEY=2;r=registry%40example.org', 'registry@example.org'],
    ['iotdisco:SN=1;KEY=2;R=registry@example.org/a;R=', 'registry@example.org/a'],
  ])('names the registry, which is no tag: %s', (uri, registry) => {
    expect(readIotDisco(uri)).toEqual({ tags: [str('SN', '1'), str('KEY', '2')], registry });
  });

  it('names none where R is empty, a number, or in the other form: there it is a tag', () => {
    expect(readIotDisco('iotdisco:SN=1;R=')).toEqual({ tags: [str('SN', '1')] });
    expect(readIotDisco('iotdisco:SN=1;#R=2')).toEqual({ tags: [str('SN', '1'), num('R', '2')] });
    expect(readIotDisco('IoTDisco;SN:1;R:things.example.org')).toEqual({
      tags: [str('SN', '1'), str('R', 'things.example.org')],
    });
  });

  it('decodes percent signs and nothing else', () => {
    expect(readIotDisco('iotdisco:ROOM=a%3Bb%20c+d=e%C3%A9\\;B=')).toEqual({
      tags: [str('ROOM', 'a;b c+d=eé\\'), str('B', '')],
    });
  });
});

describe('what is wrong', () => {
  const SECRET = '4857402340298342';

  it.each([
    ['', 'begins neither'],
    ['SN:1;KEY:2', 'begins neither'],
    ['iotdisco;SN:1', 'begins neither'],
    ['IoTDiscoSN:1', 'begins neither'],
    ['IoTDisco', 'no tags'],
    ['iotdisco:', 'Tag 1: there is no equals sign'],
    ['IoTDisco;', 'Tag 1: there is no colon'],
    ['IoTDisco;SN', 'Tag 1: there is no colon'],
    ['IoTDisco;SN:1;', 'Tag 2: there is no colon'],
    [`IoTDisco;KEY:ab;${SECRET}`, 'Tag 2: there is no colon'],
    [`IoTDisco;KEY:ab;${SECRET} :1`, 'Tag 2: its name holds'],
    [`IoTDisco;SN:1;KEY${SECRET}`, 'Tag 2: there is no colon'],
    [`IoTDisco;KEY:${SECRET}\\`, 'Tag 1: the backslash at its end'],
    ['IoTDisco;:1', 'Tag 1: a tag needs a name'],
    ['IoTDisco;A B:1', 'Tag 1: its name holds'],
    ['IoTDisco;##V:1', 'Tag 1: its name holds'],
    [`IoTDisco;${'N'.repeat(33)}:1`, 'Tag 1: its name is too long'],
    [`IoTDisco;#KEY:${SECRET}x`, 'Tag 1: its value is not a finite number'],
    ['IoTDisco;#V:', 'Tag 1: its value is not a finite number'],
    ['IoTDisco;#V:NaN', 'Tag 1: its value is not a finite number'],
    [`IoTDisco;KEY:${SECRET.repeat(9)}`, 'Tag 1: its value is too long'],
    [`IoTDisco;KEY:${SECRET};key:${SECRET}`, 'Tag 2: it is there already'],
    ['iotdisco:R=things.example.org', 'no tags'],
    ['iotdisco:R=things.example.org;SN', 'Tag 2: there is no equals sign'],
    [`iotdisco:SN=1;R=@${SECRET}`, 'R: it is to be the JID of one registry'],
    ['iotdisco:SN=1;R=a.example.org;R=b.example.org', 'R: it is to be the JID of one registry'],
    ['iotdisco:SN', 'Tag 1: there is no equals sign'],
    [`iotdisco:KEY=${SECRET}%`, 'Tag 1: the percent-encoding is broken'],
    [`iotdisco:KEY=${SECRET}%C3%28`, 'Tag 1: the percent-encoding is broken'],
  ])('%s', (text, fault) => {
    const read = readIotDisco(text);
    expect(read).toEqual({ fault: expect.stringContaining(fault) });
    expect(JSON.stringify(read)).not.toContain(SECRET);
  });
});
