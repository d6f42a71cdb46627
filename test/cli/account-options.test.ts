import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAccount } from '../../src/cli/account-options.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-account-'));
  file = join(folder, 'password');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an account is read from options, and from the environment where they say nothing', async () => {
  writeFileSync(file, 'secret\n', { mode: 0o600 });
  const account = { jid: 'a@example.org', password: 'secret', register: false, allowPlain: false };
  expect(await readAccount({ jid: 'a@example.org', passwordFile: file }, {})).toEqual(account);
  expect(await readAccount({}, { THINGSTEAD_JID: 'a@example.org', THINGSTEAD_PASSWORD_FILE: file })).toEqual(account);
  expect(await readAccount({ jid: 'a@example.org' }, { THINGSTEAD_JID: 'b@c', THINGSTEAD_PASSWORD: 'secret' })).toEqual(
    account,
  );
});

test('all faults are named at once', async () => {
  const read = await readAccount({ ca: join(folder, 'ca.pem') }, {});
  expect(read).toEqual({
    faults: [
      expect.stringContaining('--jid'),
      expect.stringContaining('--password-file'),
      expect.stringContaining('ca.pem'),
    ],
  });
});

test('a password file that others may read, or that is empty, is refused', async () => {
  writeFileSync(file, 'topsecret');
  chmodSync(file, 0o644);
  const open = await readAccount({ jid: 'a@b', passwordFile: file }, {});
  expect(open).toEqual({ faults: [expect.stringContaining('chmod it to 600')] });
  expect(JSON.stringify(open)).not.toContain('topsecret');
  writeFileSync(file, '\n');
  chmodSync(file, 0o600);
  expect(await readAccount({ jid: 'a@b', passwordFile: file }, {})).toEqual({
    faults: [expect.stringContaining('empty')],
  });
});

test('a missing password file is made for an account that is to be opened, and only then', async () => {
  expect(await readAccount({ jid: 'a@b', passwordFile: file }, {})).toEqual({
    faults: [expect.stringContaining('ENOENT')],
  });
  const account = await readAccount({ jid: 'a@b', passwordFile: file, register: true }, {});
  expect(account).toMatchObject({ password: readFileSync(file, 'utf8').trim() });
  expect(readFileSync(file, 'utf8')).toMatch(/^[\da-f]{48}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readAccount({ jid: 'a@b', passwordFile: file, register: true }, {})).toEqual(account);
});

describe('an account file', () => {
  const write = (text: string, name = 'account.yml', mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  test('says what options and environment do not; files that it names are beside it', async () => {
    write('pass word\n', 'password');
    write('PEM', 'ca.pem');
    const account = write('jid: a@b\npasswordFile: password\nservice: xmpp://c:1\nregistry: things.b\nca: ca.pem\n');
    const all = { jid: 'a@b', password: 'pass word', service: 'xmpp://c:1', registry: 'things.b', ca: 'PEM' };
    expect(await readAccount({ account }, {})).toMatchObject(all);
    expect(await readAccount({}, { THINGSTEAD_ACCOUNT: account })).toMatchObject(all);
    const environment = { THINGSTEAD_PASSWORD: 'other', THINGSTEAD_CLIENT_SERVICE: 'xmpp://d:2' };
    expect(await readAccount({ account }, environment)).toMatchObject({
      ...all,
      password: 'other',
      service: 'xmpp://d:2',
    });
    expect(await readAccount({ account, service: 'xmpp://e:3', registry: 'r.b' }, environment)).toMatchObject({
      service: 'xmpp://e:3',
      registry: 'r.b',
    });
  });

  test('is looked for in the home of the user', async () => {
    mkdirSync(join(folder, '.config', 'thingstead'), { recursive: true });
    write('jid: a@b\npassword: "0123"\n', '.config/thingstead/account.yml');
    expect(await readAccount({}, { HOME: folder })).toMatchObject({ jid: 'a@b', password: '0123' });
    expect(await readAccount({}, { HOME: '/nowhere', XDG_CONFIG_HOME: join(folder, '.config') })).toMatchObject({
      jid: 'a@b',
    });
  });

  test('of another account gives its password to nobody', async () => {
    mkdirSync(join(folder, '.config', 'thingstead'), { recursive: true });
    const account = write('jid: a@b\npassword: topsecret\n', '.config/thingstead/account.yml');
    const other = await readAccount({ jid: 'c@d' }, { HOME: folder });
    expect(other).toEqual({ faults: [expect.stringContaining('no password is given')] });
    expect(await readAccount({ jid: 'c@d', account }, {})).toEqual({
      faults: [expect.stringContaining('is of the account a@b'), expect.stringContaining('no password is given')],
    });
    expect(await readAccount({ jid: 'a@b' }, { HOME: folder })).toMatchObject({ password: 'topsecret' });
  });

  test.each([
    ['jid: a@b\npassword: topsecret\n', 0o640, 'chmod it to 600'],
    ['jid: a@b\npassword: topsecret\n', 0o604, 'chmod it to 600'],
    ['password: {topsecret: 1', 0o600, 'is not YAML at line'],
    ['- topsecret', 0o600, 'does not consist of lines'],
    ['password: [topsecret]', 0o600, 'password is not a text'],
    ['pasword: topsecret', 0o600, 'a key "pasword"'],
    ['password: topsecret\npasswordFile: x', 0o600, 'both password and passwordFile'],
    ['', 0o600, 'is empty'],
  ])('%j of mode %o is refused, without what it says', async (text, mode, words) => {
    const account = write(text, 'account.yml', mode);
    const read = await readAccount({ account }, { THINGSTEAD_PASSWORD: 'x', THINGSTEAD_JID: 'a@b' });
    expect(read).toEqual({ faults: [expect.stringContaining(words)] });
    expect(JSON.stringify(read)).not.toContain('topsecret');
  });

  test('that is named and is not there is a fault', async () => {
    const read = await readAccount(
      { account: join(folder, 'none') },
      { THINGSTEAD_PASSWORD: 'x', THINGSTEAD_JID: 'a@b' },
    );
    expect(read).toEqual({ faults: [expect.stringContaining('ENOENT')] });
  });
});

describe('a password that nothing gives', () => {
  const at = (typed: string | undefined) => {
    const asked: string[] = [];
    const askSecret = async (question: string) => {
      asked.push(question);
      return typed;
    };
    return { asked, ask: askSecret, askSecret };
  };

  test('is asked for at a terminal, and only then', async () => {
    const terminal = at('typed');
    expect(await readAccount({ jid: 'a@b' }, {}, terminal)).toMatchObject({ password: 'typed' });
    expect(terminal.asked).toEqual(['Password of a@b: ']);
    await readAccount({ jid: 'a@b' }, { THINGSTEAD_PASSWORD: 'given' }, terminal);
    expect(terminal.asked).toHaveLength(1);
  });

  test.each(['', undefined])('is a fault where %j is answered', async (typed) => {
    expect(await readAccount({ jid: 'a@b' }, {}, at(typed))).toEqual({
      faults: [expect.stringContaining('no password is given')],
    });
  });
});
