import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temperatures } from '../../src/cli/computer/temperatures.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thingstead-sys-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

test('thermal zones and hardware monitors are read, with what their drivers call them', async () => {
  write({
    'thermal/thermal_zone0/temp': '48312\n',
    'thermal/thermal_zone0/type': 'x86_pkg_temp\n',
    'thermal/cooling_device0/type': 'Fan\n',
    'hwmon/hwmon1/name': 'k10temp\n',
    'hwmon/hwmon1/temp1_input': '-1500\n',
    'hwmon/hwmon1/temp1_label': 'Tctl\n',
    'hwmon/hwmon1/temp2_input': '40000\n',
    'hwmon/hwmon1/fan1_input': '900\n',
  });
  expect(await temperatures(root)).toEqual([
    { label: 'x86_pkg_temp', celsius: 48.312 },
    { label: 'k10temp Tctl', celsius: -1.5 },
    { label: 'k10temp temp2', celsius: 40 },
  ]);
});

test('what cannot be read, is no number or cannot be a temperature is left out', async () => {
  write({
    'thermal/thermal_zone0/temp': '\n',
    'thermal/thermal_zone1/temp': 'N/A\n',
    'thermal/thermal_zone2/temp': '-274000\n',
    'thermal/thermal_zone3/temp': '2147483647\n',
    'thermal/thermal_zone4/type': 'asleep\n',
  });
  expect(await temperatures(root)).toEqual([]);
});

test('a system without them has none', async () => {
  expect(await temperatures(join(root, 'nowhere'))).toEqual([]);
});
