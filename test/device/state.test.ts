import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDevice, fileState } from '../../src/device/index.js';
import { randomKey } from '../../src/device/state.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-state-'));
  file = join(folder, 'device.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the state of a device', () => {
  test('is there again as it was saved, and nobody else can read it', () => {
    const memory = { key: 'K', owner: 'anna@example.org', isPublic: false, removed: true };
    fileState(file).save(memory);
    expect(fileState(file).load()).toEqual(memory);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  test('is not there at the first start', () => {
    expect(fileState(file).load()).toBeUndefined();
  });

  test('is refused where others may read it, or where it is none, without a word of what is in it', () => {
    writeFileSync(file, '{"key":"VERYSECRET"}', { mode: 0o644 });
    chmodSync(file, 0o644);
    expect(() => fileState(file).load()).toThrow(/chmod it to 600/);
    for (const text of ['', '{', 'null', '[]', '{"key":""}', '{"key":7}', '{"owner":"VERYSECRET"}']) {
      writeFileSync(file, text, { mode: 0o600 });
      chmodSync(file, 0o600);
      expect(() => fileState(file).load(), text).toThrow(/no state of a device/);
      expect(() => fileState(file).load(), text).not.toThrow(/VERYSECRET/);
    }
  });
});

describe('KEY', () => {
  const options = {
    account: { jid: 'sensor@example.org', password: 'p' },
    read: async () => [],
  };

  test('is made at the first start and kept', () => {
    const first = createDevice({ ...options, tags: { SN: '1' }, state: fileState(file) });
    const second = createDevice({ ...options, tags: { SN: '1' }, state: fileState(file) });
    expect(first.iotDisco).toMatch(/^IoTDisco;SN:1;KEY:[A-Z2-7]{24}$/);
    expect(second.iotDisco).toBe(first.iotDisco);
  });

  test('is that of the label where there is one', () => {
    const device = createDevice({ ...options, tags: { sn: '1', key: 'label' }, state: fileState(file) });
    expect(device.iotDisco).toBe('IoTDisco;SN:1;KEY:label');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ key: 'label' });
  });

  test('is another each time it is made', () => {
    expect(new Set(Array.from({ length: 100 }, randomKey)).size).toBe(100);
  });

  test.each([{}, { KEY: 'only' }])('a Thing needs tags beside it: %j', (tags) => {
    expect(() => createDevice({ ...options, tags })).toThrow(/cannot be claimed/);
  });

  test('a tag that cannot be is refused by name', () => {
    expect(() => createDevice({ ...options, tags: { V: Number.NaN } })).toThrow(/V/);
    expect(() => createDevice({ ...options, tags: { 'a:b': 'x' } })).toThrow(/a:b/i);
  });
});
