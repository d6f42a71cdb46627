import { describe, expect, it } from 'vitest';
import type { BareJid } from '../../src/domain/jid.js';
import { accountOrDomain, typedAccount, typedAddress } from '../../src/operations/typed-address.js';
import { parseJid } from '../../src/xmpp/jid.js';

const bareJid = (text: string) => {
  const jid = parseJid(text);
  return jid?.resource === '' ? jid.bare : undefined;
};

describe('an address that people type', () => {
  it.each([
    ['localhost', 'localhost'],
    [' Anna@Example.ORG ', 'anna@example.org'],
    ['example.org.', 'example.org'],
    ['münchen.example', 'münchen.example'],
    ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
    ['भारत.example', 'भारत.example'],
    ['x-1.a--b.example', 'x-1.a--b.example'],
    ['anna@127.0.0.1', 'anna@127.0.0.1'],
    ['anna@[::1]', 'anna@[::1]'],
    ['o.k+tag_1=x!@example.org', 'o.k+tag_1=x!@example.org'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('may be %s', (written, address) => {
    expect(typedAddress(written, bareJid)).toBe(address);
  });

  it.each([
    '',
    '*',
    '**',
    '@example.org',
    'x@*',
    'xn--',
    'xn--a.example',
    'a.example,b.example',
    'foo;bar',
    'a_b.example',
    '-a.example',
    'a-.example',
    'a..example',
    'a:5222',
    '[::1]:5',
    '[::1',
    '[example.org]',
    '999.1.1.1',
    'a;b@example.org',
    'a,b@example.org',
    '*@example.org',
    'a:b@example.org',
    'a b@example.org',
    '"a"@example.org',
    'a@example.org/r',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
  ])('is not %j', (written) => {
    expect(typedAddress(written, bareJid)).toBeUndefined();
  });

  it('is of an account, where one is asked for', () => {
    expect([typedAccount('a@localhost', bareJid), typedAccount('localhost', bareJid)]).toEqual([
      'a@localhost',
      undefined,
    ]);
  });

  it('is of everyone of a domain, where there is no account', () => {
    const read = (text: string): BareJid | undefined => bareJid(text);
    expect(
      ['example.org', '@Example.org', 'a@example.org', '@a@example.org', '@'].map((text) =>
        accountOrDomain(text, read),
      ),
    ).toEqual(['@example.org', '@example.org', 'a@example.org', undefined, undefined]);
  });
});
