import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../src/settings.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('README', () => {
  it('has exactly the settings that there are', () => {
    const [, table = ''] = /\| key \| variable \|.*\n\| --- .*\n([\s\S]*?)\n\n/.exec(readme) ?? [];
    const rows = Object.values(SETTINGS).map((setting) => {
      const usual = 'otherwise' in setting && setting.otherwise !== '' ? `\`${setting.otherwise}\`` : '';
      return `| \`${setting.key}\` | \`${setting.variable}\` | ${usual} | ${setting.about} |`;
    });
    expect(table.trim().split('\n')).toEqual(rows);
  });
});
