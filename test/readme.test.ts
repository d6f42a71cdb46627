import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_STATUSES } from '../src/cli/exit-status.js';
import { OPERATIONS } from '../src/operations/index.js';
import type { Permission } from '../src/operations/operation.js';
import { SETTINGS } from '../src/settings.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('README', () => {
  it('has exactly the settings that there are', () => {
    const rows = Object.values(SETTINGS).map((setting) => {
      const usual = 'otherwise' in setting && setting.otherwise !== '' ? `\`${setting.otherwise}\`` : '';
      return `| \`${setting.key}\` | \`${setting.variable}\` | ${usual} | ${setting.about} |`;
    });
    expect(rowsUnder('| key | variable |')).toEqual(rows);
  });

  it('names the settings that hold at once when they are read again', () => {
    const [, list = ''] = /^At once: ([^|]*?)\.\n\n/m.exec(readme) ?? [];
    const live = Object.values(SETTINGS).filter((setting) => 'isLive' in setting);
    expect(list.split(/,\s+/).sort()).toEqual(live.map(({ key }) => `\`${key}\``).sort());
  });

  it('has exactly the operations that there are, and says who may run each', () => {
    const named = rowsUnder('| operation | who |').map((row) => {
      const [, name = '', who = '', what = ''] = /^\| `([a-z-]+)` \| ([^|]+) \| (.+) \|$/.exec(row) ?? [];
      expect(what, row).not.toBe('');
      return [name, who];
    });
    const there = OPERATIONS.map(({ name, may }) => [name, WHO[typeof may === 'string' ? may : may.thing]]);
    expect([...named].sort()).toEqual([...there].sort());
    const groups = named.map(([, who]) => who).filter((who, at, all) => who !== all[at - 1]);
    expect(new Set(groups).size, 'each group is in one piece').toBe(groups.length);
  });

  it('names the exit statuses that there are', () => {
    for (const [status, meaning] of EXIT_STATUSES) {
      expect(readme.replaceAll('`', '')).toContain(`| ${status} | ${meaning} |`);
    }
  });
});

/** Who may run an operation, in the words of README. */
const WHO: Readonly<Record<Word<Permission>, string>> = {
  anyone: 'everyone',
  manage: 'owner',
  accept: 'who is offered it',
  read: 'reader',
  see: 'who may see it',
  administer: 'administrator',
  administrator: 'administrator',
};
type Word<P> = P extends { readonly thing: infer R extends string } ? R : P & string;

/** The rows of the table whose head begins so. */
function rowsUnder(head: string): readonly string[] {
  const [, table = ''] = readme.split(`\n${head}`);
  const [, , ...rows] = (table.split('\n\n', 1)[0] ?? '').split('\n');
  return rows;
}
