import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../conformance/dialects.js';
import { FILES, placeOf } from '../conformance/files.js';
import { SPECIFICATIONS } from '../conformance/index.js';
import { countsOf, render } from '../conformance/render.js';
import { linesOf, listOf } from '../conformance/requirement.js';
import { createTitles } from './conformance/titles.js';

const hasTest = createTitles();

describe('CONFORMANCE.md', () => {
  it('is what the tables say; npm run conformance writes it', () => {
    expect(readFileSync('CONFORMANCE.md', 'utf8')).toBe(render(SPECIFICATIONS, DIALECTS));
  });
});

describe('the tables', () => {
  const lines = SPECIFICATIONS.flatMap(linesOf);
  const wanted = ['0347', '0323', '0004', '0030', '0050', '0059', '0082', '0092', '0106', '0114', '0122'];

  it('are of every specification that is asked for, once', () => {
    expect(SPECIFICATIONS.map(({ xep }) => xep)).toEqual([...wanted, '0128', '0184', '0199', '0202', '0324']);
  });

  it('say nothing twice, and leave nothing empty', () => {
    const texts = lines.map(({ xep, section, text }) => `${xep} ${section} ${text}`);
    expect(texts.filter((text, at) => texts.indexOf(text) !== at)).toEqual([]);
    expect(lines.filter(({ text, state, why }) => text === '' || (state === 'done') !== (why === ''))).toEqual([]);
  });

  it('give a reason of some words for what is not done, or otherwise', () => {
    const excuses = lines.filter(({ state }) => state === 'not' || state === 'otherwise');
    expect(excuses.filter(({ why }) => why.length < 30)).toEqual([]);
  });

  it('have a test for each line that is done, or otherwise, and for each dialect', () => {
    const untested = lines.filter(
      ({ state, tests }) => (state === 'done' || state === 'otherwise') && tests.length === 0,
    );
    expect(untested).toEqual([]);
    expect(DIALECTS.filter(({ tests }) => listOf(tests).length === 0)).toEqual([]);
    expect(
      DIALECTS.filter(({ understood, refused }) => (understood === undefined) === (refused === undefined)),
    ).toEqual([]);
  });

  it('count what there is', () => {
    const counts = countsOf(lines);
    expect(counts.done + counts.otherwise + counts.not + counts.others).toBe(lines.length);
    expect(counts.done).toBeGreaterThan(lines.length / 2);
  });
});

describe('every test that is named', () => {
  const named = new Set([
    ...SPECIFICATIONS.flatMap(linesOf).flatMap(({ tests }) => tests),
    ...DIALECTS.flatMap(({ tests }) => listOf(tests)),
  ]);
  const places = [...named].map((test) => ({ test, ...placeOf(test) }));

  it('is in a file that there is', () => {
    expect(places.filter(({ file }) => file === undefined || !existsSync(file)).map(({ test }) => test)).toEqual([]);
  });

  // Many files are parsed; on a busy machine that takes its time.
  it('stands there by that name', { timeout: 120_000 }, () => {
    const missing = places.filter(({ file, name }) => file !== undefined && !hasTest(file, name));
    expect(missing.map(({ test }) => test)).toEqual([]);
  });

  it('has its file by a short name that is used', () => {
    const used = new Set(places.map(({ file }) => file));
    expect(Object.values(FILES).filter((file) => !used.has(file))).toEqual([]);
  });
});

describe('the look-up of titles', () => {
  it.each([
    ['test/conformance/registry.test.ts', 'registrations > of two resources of one account are one record', true],
    ['test/conformance/registry.test.ts', 'registrations > of three resources of one account are one record', false],
    ['test/conformance/registry.test.ts', 'of two resources of one account are one record', false],
    ['test/xep/0347-registry/codec.test.ts', 'examples > register', true],
    ['test/xep/0347-registry/codec.test.ts', 'samples > register', false],
    ['test/xep/0323-sensor-data/requests.test.ts', 'a request > is taken as get', true],
    ['test/xep/0323-sensor-data/requests.test.ts', 'a request > is given as get', false],
    ['test/xep/0323-sensor-data/requests.test.ts', 'a request > is taken *', true],
    ['test/xep/0323-sensor-data/requests.test.ts', 'a request > is given *', false],
  ])('in %s, of %j, says %s', (file, name, is) => expect(hasTest(file, name)).toBe(is));
});
