import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../scripts/server/package-root.js';

const text = readFileSync(join(packageRoot(), 'SECURITY.md'), 'utf8');
const [, table = ''] = text.split('| he wants to |');
const rows = (table.split('\n\n', 1)[0] ?? '').split('\n').slice(2);

interface Shown {
  readonly file: string;
  readonly title: string;
}

/** The tests that a row names: `path`: title, and others after a semicolon and such a path. */
function testsOf(row: string): readonly Shown[] {
  const cell = row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? '';
  return [...cell.matchAll(/`(test\/[^`]+)`: (.*?)(?=; `test\/|$)/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/** What is wrong with the test that a row names. */
function faultOf({ file, title }: Shown): string | undefined {
  const path = join(packageRoot(), file);
  if (!existsSync(path)) return `there is no ${file}`;
  const titles = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\s*(it|test|describe)\b|^\s*\]\)\(|^\s*'%s/.test(line));
  return titles.some((line) => line.includes(title)) ? undefined : `${file} has no test "${title}"`;
}

describe('the threat model', () => {
  it.each(rows)('names tests that there are: %s', (row) => {
    const shown = testsOf(row);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('names files that there are', () => {
    const files = [...text.matchAll(/`(src\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(packageRoot(), file)))).toEqual([]);
  });

  it('would be found out if it named what is not there', () => {
    expect(testsOf('| a | b | `test/x.test.ts`: c; `test/y.test.ts`: d |')).toEqual([
      { file: 'test/x.test.ts', title: 'c' },
      { file: 'test/y.test.ts', title: 'd' },
    ]);
    expect(faultOf({ file: 'test/x.test.ts', title: 'c' })).toBe('there is no test/x.test.ts');
    expect(faultOf({ file: 'test/security/model.test.ts', title: `${'no'} such title` })).toContain('has no test');
  });
});
