import { describe, expect, it } from 'vitest';
import { faultsOf, type Results } from './ran.js';

const FILE = 'test/conformance/registry.test.ts';
const ran: Results = {
  file: FILE,
  states: new Map([
    ['a > one', 'passed'],
    ['a > two', 'failed'],
    ['a > three', 'skipped'],
    ['b > four', 'pending'],
  ] as const),
};
const faults = (name: string, maySkip = false) => faultsOf([{ test: `things: ${name}`, maySkip }], [ran]);

describe('the tests that are named', () => {
  it('may have passed; that one failed is told otherwise', () => {
    expect([faults('a > one'), faults('a > two'), faults('a > o*')]).toEqual([[], [], []]);
  });

  it.each(['a > four', 'one', 'a > one more', 'c*', ''])('have to be there: %s', (name) => {
    expect(faults(name)).toEqual([`${FILE} > ${name}: there is no such test`]);
  });

  it('have to have run, all that a name stands for', () => {
    expect(faults('a > three')).toEqual([`${FILE} > a > three: it was skipped`]);
    expect(faults('a > *')).toEqual([`${FILE} > a > three: it was skipped`]);
    expect(faults('b > four')).toEqual([`${FILE} > b > four: it was skipped`]);
  });

  it('need not have run where that is said, but have to be there', () => {
    expect(faults('a > three', true)).toEqual([]);
    expect(faults('a > four', true)).toHaveLength(1);
  });

  it('are not looked for in files that were not run', () => {
    expect(faultsOf([{ test: 'tags: a > four', maySkip: false }], [ran])).toEqual([]);
  });
});
