import { describe, expect, test } from 'vitest';
import { createScram, type ScramMechanism } from '../../src/client/session/scram.js';

interface Exchange {
  readonly mechanism: ScramMechanism;
  readonly nonce: string;
  readonly first: string;
  readonly challenge: string;
  readonly answer: string;
  readonly final: string;
}

const EXCHANGES: readonly Exchange[] = [
  // RFC 5802 section 5
  {
    mechanism: 'SCRAM-SHA-1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    first: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    challenge: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    answer: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    final: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  // RFC 7677 section 3
  {
    mechanism: 'SCRAM-SHA-256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    challenge: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    answer:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    final: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
];

describe.each(EXCHANGES)('$mechanism', ({ mechanism, nonce, first, challenge, answer, final }) => {
  const scram = () => createScram(mechanism, 'user', 'pencil', nonce);

  test('is spoken as in its specification', async () => {
    const ours = scram();
    expect(ours.first).toBe(first);
    expect(await ours.answer(challenge)).toBe(answer);
    expect(ours.verify(final)).toBe(true);
  });

  test('believes no server that cannot prove that it knows the password', async () => {
    const ours = scram();
    expect(ours.verify(final)).toBe(false); // before it has asked anything
    await ours.answer(challenge);
    for (const forged of [
      '',
      'v=',
      final.replace(/.=$/, 'A='),
      'e=other-error',
      `v=${Buffer.alloc(20).toString('base64')}`,
    ]) {
      expect(ours.verify(forged), forged).toBe(false);
    }
  });

  test.each([
    ['a nonce that is not ours', challenge.replace(nonce, 'another')],
    ['our nonce and nothing of its own', challenge.replace(/r=[^,]+/, `r=${nonce}`)],
    ['no iterations', challenge.replace('i=4096', 'i=0')],
    ['more iterations than there is time for', challenge.replace('i=4096', 'i=999999999')],
    ['no salt', challenge.replace(/s=[^,]+,/, '')],
    ['an extension that has to be understood', `m=ext,${challenge}`],
    ['nothing', ''],
  ])('answers no challenge with %s', async (_, hostile) => {
    expect(await scram().answer(hostile)).toBeUndefined();
  });
});

test('a name with a comma or an equals sign stays one name', () => {
  expect(createScram('SCRAM-SHA-1', 'a=b,c', 'x', 'n').first).toBe('n,,n=a=3Db=2Cc,r=n');
});

test('each exchange has a nonce of its own', () => {
  expect(createScram('SCRAM-SHA-1', 'user', 'x').first).not.toBe(createScram('SCRAM-SHA-1', 'user', 'x').first);
});
