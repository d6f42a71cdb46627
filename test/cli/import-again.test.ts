import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { digestOf, readJournal } from '../../src/cli/import/journal.js';
import { runImport } from '../../src/cli/import/run-import.js';
import { importCommand } from '../../src/cli/import.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

it('a file that was imported whole is not sent again, and that is said', async () => {
  const file = join(folder, 'things.jsonl');
  writeFileSync(file, 'no JSON\n');
  const journal = `${file}.thingstead-import`;
  const from = { file: await digestOf(file), registry: 'things.x', line: 0, done: 0, unchanged: 0, refused: 0 };
  async function* records() {
    yield { line: 1, fault: 'It is no JSON.' };
  }
  const ask = async () => expect.fail('nothing is to be sent');
  const signal = new AbortController().signal;
  await runImport({ client: { ask }, records: records(), from, isDry: false, journal, complain: vi.fn(), signal });
  expect(readJournal(journal)).toEqual({ ...from, line: 1, refused: 1, isWhole: true });

  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  }
  await importCommand().parseAsync([file], { from: 'user' }); // no account is given: it would fail to log in
  expect(said).toEqual([
    `${file} was imported whole before, at things.x; use --restart to import it again.\n`,
    '0 done, 0 unchanged, 1 refused.\n',
  ]);
  expect(process.exitCode).toBe(1);
});
