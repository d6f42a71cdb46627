import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAccount } from '../../src/cli/account-options.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-account-'));
  file = join(folder, 'password');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an account is read from options, and from the environment where they say nothing', () => {
  writeFileSync(file, 'secret\n', { mode: 0o600 });
  const account = { jid: 'a@example.org', password: 'secret', register: false, allowPlain: false };
  expect(readAccount({ jid: 'a@example.org', passwordFile: file }, {})).toEqual(account);
  expect(readAccount({}, { THINGSTEAD_JID: 'a@example.org', THINGSTEAD_PASSWORD_FILE: file })).toEqual(account);
  expect(readAccount({ jid: 'a@example.org' }, { THINGSTEAD_JID: 'b@c', THINGSTEAD_PASSWORD: 'secret' })).toEqual(
    account,
  );
});

test('all faults are named at once', () => {
  const read = readAccount({ ca: join(folder, 'ca.pem') }, {});
  expect(read).toEqual({
    faults: [
      expect.stringContaining('--jid'),
      expect.stringContaining('--password-file'),
      expect.stringContaining('ca.pem'),
    ],
  });
});

test('a password file that others may read, or that is empty, is refused', () => {
  writeFileSync(file, 'topsecret');
  chmodSync(file, 0o644);
  const open = readAccount({ jid: 'a@b', passwordFile: file }, {});
  expect(open).toEqual({ faults: [expect.stringContaining('chmod it to 600')] });
  expect(JSON.stringify(open)).not.toContain('topsecret');
  writeFileSync(file, '\n');
  chmodSync(file, 0o600);
  expect(readAccount({ jid: 'a@b', passwordFile: file }, {})).toEqual({ faults: [expect.stringContaining('empty')] });
});

test('a missing password file is made for an account that is to be opened, and only then', () => {
  expect(readAccount({ jid: 'a@b', passwordFile: file }, {})).toEqual({ faults: [expect.stringContaining('ENOENT')] });
  const account = readAccount({ jid: 'a@b', passwordFile: file, register: true }, {});
  expect(account).toMatchObject({ password: readFileSync(file, 'utf8').trim() });
  expect(readFileSync(file, 'utf8')).toMatch(/^[\da-f]{48}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readAccount({ jid: 'a@b', passwordFile: file, register: true }, {})).toEqual(account);
});
