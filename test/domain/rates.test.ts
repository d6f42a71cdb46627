import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BareJid } from '../../src/domain/jid.js';
import { createRates, DOMAIN_IS, overRate, RATES, type RateName } from '../../src/domain/rates.js';
import type { Limit } from '../../src/domain/retention.js';

const HOME = 'example.org';
const who = (jid: string) => ({ jid: jid as BareJid, domain: jid.slice(jid.indexOf('@') + 1) });

function world(allowed: Limit = 10) {
  const clock = { at: 0, now: () => clock.at };
  const over: string[] = [];
  const limit = { now: allowed };
  const rates = createRates({
    amountOf: () => limit.now,
    isExempt: (jid) => jid === 'admin@example.org',
    ownDomains: [HOME],
    clock,
    onOver: (name, { jid }) => over.push(`${name} ${jid}`),
  });
  const taken = (jid: string, times: number, name: RateName = 'iqs') => {
    let count = 0;
    for (let n = 0; n < times; n++) count += Number(rates.take(name, who(jid)) === 0);
    return count;
  };
  return { rates, clock, over, limit, taken };
}

describe('rates', () => {
  it('let through what was saved up, and then as much as comes in', () => {
    const { clock, taken } = world();
    expect(taken('a@example.org', 1000)).toBe(10 * RATES.iqs.burst);
    clock.at = 500;
    expect(taken('a@example.org', 1000)).toBe(5);
    clock.at = 1e9;
    expect(taken('a@example.org', 1000)).toBe(10 * RATES.iqs.burst);
  });

  it('of one are not those of another, nor is one rate another', () => {
    const { taken } = world();
    taken('a@example.org', 1000);
    expect(taken('b@example.org', 1)).toBe(1);
    expect(taken('a@example.org', 1, 'messages')).toBe(1);
  });

  it('do not bind administrators, nor anybody where they are off', () => {
    const { taken, limit } = world();
    expect(taken('admin@example.org', 1000)).toBe(1000);
    limit.now = 'off';
    expect(taken('a@example.org', 1000)).toBe(1000);
  });

  it('count a foreign domain together, however many accounts it has, and never one of our own', () => {
    const { rates } = world();
    const asAll = (domain: string) =>
      Array.from({ length: 10_000 }, (_, n) => rates.take('iqs', who(`u${n}@${domain}`))).filter((ms) => ms === 0)
        .length;
    expect(asAll('elsewhere.example')).toBe(10 * RATES.iqs.burst * DOMAIN_IS);
    expect(asAll(HOME)).toBe(10_000);
  });

  it('take nothing from the domain for what the account may not', () => {
    const { rates, taken } = world();
    taken('rude@elsewhere.example', 100_000);
    expect(rates.take('iqs', who('kind@elsewhere.example'))).toBe(0);
  });

  it('are told of each refusal', () => {
    const { taken, over } = world(1);
    taken('a@example.org', 22);
    expect(over).toEqual(['iqs a@example.org', 'iqs a@example.org']);
  });

  it('let through what is larger than a bucket when that is full, and make up for it afterwards', () => {
    const { rates, clock } = world(1);
    const a = who('a@example.org');
    expect(rates.take('iqs', a, 50)).toBe(0);
    expect(rates.take('iqs', a)).toBe(31_000);
    clock.at = 31_000;
    expect(rates.take('iqs', a)).toBe(0);
  });

  it('never let through more than a burst and what time brings, and what waits as long as told passes', () => {
    const step = fc.record({ pause: fc.nat(5000), amount: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        const { rates, clock } = world(2);
        const a = who('a@example.org');
        let through = 0;
        for (const { pause, amount } of steps) {
          clock.at += pause;
          const wait = rates.take('iqs', a, amount);
          if (wait === 0) through += amount;
          expect(through).toBeLessThanOrEqual(2 * RATES.iqs.burst + (2 * clock.at) / 1000 + 1e-6);
          if (wait > 0) {
            clock.at += wait;
            expect(rates.take('iqs', a, amount)).toBe(0);
            through += amount;
          }
        }
      }),
    );
  });

  it('keep a bounded number of accounts, and forget those that were quiet longest', () => {
    const { rates, taken } = world();
    taken('first@example.org', 1000);
    taken('last@example.org', 1000);
    for (let n = 0; n < 99_998; n++) rates.take('iqs', who(`u${n}@example.org`));
    expect(taken('last@example.org', 1)).toBe(0);
    rates.take('iqs', who('one-more@example.org'));
    expect(taken('first@example.org', 1)).toBe(1);
    expect(taken('last@example.org', 1)).toBe(0);
  });

  it('say what is too much, and when to try again', () => {
    expect(overRate('registrations', 100, 90_001)).toBe(
      'More than 100 registrations an hour of one account are not taken; try again in 91 s.',
    );
  });
});
