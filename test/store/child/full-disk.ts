// Bounds the size of the files that this process may write, as a full disk does, and says what the store makes of it.
import { execFileSync } from 'node:child_process';
import { statSync, writeSync } from 'node:fs';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { bare, put, str, thing } from '../contract/samples.js';

const [file = ''] = process.argv.slice(2);
const store = openSqliteStore({ file });
const say = (line: string): void => void writeSync(1, `${line}\n`);
const limitFiles = (bytes: number | 'unlimited'): void =>
  void execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
const attempt = (jid: string): Promise<string> =>
  put(store, thing(jid, { tags: [str('X', 'x'.repeat(10_000))] })).then(
    () => 'written',
    (error: Error) => error.name,
  );

say(`before: ${await attempt('a@x')}`);
limitFiles(statSync(`${file}-wal`).size + 100);
say(`full: ${(await Promise.all(['b@x', 'c@x'].map(attempt))).join(' ')}`);
say(`accepts: ${await store.accepts()}`);
say(`reads: ${await store.things.isThing(bare('a@x'))} ${await store.things.isThing(bare('b@x'))}`);
limitFiles('unlimited');
say(`accepts: ${await store.accepts()}`);
say(`room: ${await attempt('d@x')}`);
await store.close();
