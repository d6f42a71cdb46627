import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_STATUSES } from '../src/cli/exit-status.js';
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

  it('names the settings that hold at once when they are read again', () => {
    const [, list = ''] = /^At once: ([^|]*?)\.\n\n/m.exec(readme) ?? [];
    const live = Object.values(SETTINGS).filter((setting) => 'isLive' in setting);
    expect(list.split(/,\s+/).sort()).toEqual(live.map(({ key }) => `\`${key}\``).sort());
  });

  it('names the exit statuses that there are', () => {
    for (const [status, meaning] of EXIT_STATUSES) {
      expect(readme.replaceAll('`', '')).toContain(`| ${status} | ${meaning} |`);
    }
  });
});
