import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFull, parseJid } from '../../src/xmpp/jid.js';

describe('parseJid brings to one form', () => {
  test.each([
    ['sam@localhost', 'sam@localhost'],
    ['SAM@localhost', 'sam@localhost'],
    ['ſam@localhost', 'sam@localhost'],
    ['ｓａｍ@localhost', 'sam@localhost'],
    ['sam@LOCALHOST', 'sam@localhost'],
    ['s\u00adam@local\u200bhost', 'sam@localhost'],
    ['sam@localhost.', 'sam@localhost'],
    ['Straße@localhost', 'strasse@localhost'],
    ['STRASSE@localhost', 'strasse@localhost'],
    ['cafe\u0301@localhost', 'café@localhost'],
    ['ΣΊΣΥΦΟΣ@localhost', 'σίσυφοσ@localhost'],
    ['Σίσυφος@localhost', 'σίσυφοσ@localhost'],
    ['a@[::1]', 'a@[::1]'],
    ['example.org', 'example.org'],
  ])('%s as %s', (written, bare) => {
    expect(parseJid(written)).toMatchObject({ bare, full: bare, resource: '' });
  });

  test('a resource keeps its case, and may hold what ends the other parts', () => {
    expect(parseJid('Sam@Localhost/Pump/1@Home')).toEqual({
      local: 'sam',
      domain: 'localhost',
      resource: 'Pump/1@Home',
      bare: 'sam@localhost',
      full: 'sam@localhost/Pump/1@Home',
    });
    expect(parseJid('localhost/a@b')).toMatchObject({ local: '', domain: 'localhost', resource: 'a@b' });
    expect(parseJid('sam@localhost/ ｘ ')?.resource).toBe(' x ');
    expect(parseJid('sam@localhost//')?.resource).toBe('/');
  });

  test('all three parts up to 1,023 bytes', () => {
    const longest = 'a'.repeat(1023);
    expect(parseJid(`${longest}@${longest}/${longest}`)?.full).toHaveLength(3 * 1023 + 2);
    expect(parseJid(`${'é'.repeat(511)}@h`)?.local).toHaveLength(511);
  });
});

describe('parseJid refuses', () => {
  test.each([
    ['nothing', ''],
    ['an empty local part', '@localhost'],
    ['an empty domain', 'sam@'],
    ['an empty domain before a resource', 'sam@/r'],
    ['an empty resource', 'sam@localhost/'],
    ['a slash alone', '/'],
    ['an at-sign alone', '@'],
    ['parts that are empty once prepared', '\u00ad@localhost'],
    ['a domain that is empty once prepared', 'sam@\u200b'],
    ['a resource that is empty once prepared', 'sam@localhost/\u200b'],
    ['two at-signs before the resource', 'a@b@localhost'],
    ['an at-sign that only preparing brings forth', 'sam@local＠host'],
    ['a slash that only preparing brings forth', 'sam@localhost／r'],
    ['a local part with a slash that only preparing brings forth', 's／am@localhost'],
    ['a dot alone', 'sam@.'],
    ['an empty label', 'sam@local..host'],
    ['a leading dot', 'sam@.localhost'],
    ['white space in the local part', 'sam the pump@localhost'],
    ['white space in the domain', 'sam@local host'],
    ['a full-width space', 'sam\u3000@localhost'],
    ['a line end in the resource', 'sam@localhost/a\nb'],
    ['a control character in the local part', 'sam\u0007@localhost'],
    ['a control character in the domain', 'sam@local\u007fhost'],
    ['a zero', 'sam\0@localhost'],
    ['a control character in the resource', 'sam@localhost/\u009f'],
    ['a change of direction', 'sam@localhost/\u202egpj.exe'],
    ['Hebrew and Latin mixed', 'אa@localhost'],
    ['a private character', '\ue000@localhost'],
    ['half a character', 'sam\ud83d@localhost'],
    ['a character younger than Unicode 3.2', 'sam@localhost/📱\u{1f9ef}'],
    ['a character of which servers have different ideas', '\u{2f874}@localhost'],
    ['another of those', '\u33c6@localhost'],
    ['a local part of 1,024 bytes', `${'a'.repeat(1024)}@localhost`],
    ['a local part of 1,024 bytes in fewer characters', `${'é'.repeat(512)}@localhost`],
    ['a local part that grows beyond 1,023 bytes', `${'ﷺ'.repeat(100)}@localhost`],
    ['a domain of 1,024 bytes', 'a'.repeat(1024)],
    ['a resource of 1,024 bytes', `localhost/${'a'.repeat(1024)}`],
    ...['"', '&', "'", ':', '<', '>'].map((character) => [
      `${character} in the local part`,
      `s${character}m@localhost`,
    ]),
    ...['"', '&', "'", '<', '>'].map((character) => [`${character} in the domain`, `sam@local${character}host`]),
  ])('%s', (_, written) => {
    expect(parseJid(written)).toBeUndefined();
  });
});

const part = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'aAſßİéｓ'), minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'@/.:\u00ad\u0345\u0301אa１㎏'), minLength: 1, maxLength: 6 }),
);
const written = fc.oneof(
  fc.tuple(part, part).map(([local, domain]) => `${local}@${domain}`),
  fc.tuple(part, part, part).map(([local, domain, resource]) => `${local}@${domain}/${resource}`),
  part,
);

describe('for any text', () => {
  test('what parseJid gives it gives again: it can be stored, written and read back', () => {
    let jids = 0;
    fc.assert(
      fc.property(written, (text) => {
        const jid = parseJid(text);
        if (jid === undefined) return;
        jids++;
        expect(parseJid(jid.full)).toEqual(jid);
        expect(parseJid(jid.bare)).toEqual({ ...jid, resource: '', full: jid.bare });
      }),
      { numRuns: 3000 },
    );
    expect(jids).toBeGreaterThan(300);
  });

  test('a JID is full exactly if it has a resource', () => {
    fc.assert(
      fc.property(written, (text) => {
        const jid = parseJid(text);
        if (jid === undefined) return;
        expect(isFull(jid.full)).toBe(jid.resource !== '');
        expect(isFull(jid.bare)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
