import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashScript } from '../../src/cli/completion/bash.js';
import { completionsOf } from '../../src/cli/completion/completions.js';
import { zshScript } from '../../src/cli/completion/zsh.js';
import { createProgram } from '../../src/cli/program.js';
import { OPERATIONS } from '../../src/operations/index.js';

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-completion-'));
  const all = completionsOf(createProgram());
  writeFileSync(join(folder, 'bash'), bashScript(all));
  writeFileSync(join(folder, 'zsh'), zshScript(all));
  writeFileSync(join(folder, 'settings.yml'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a bash that has sourced the script offers for the last word of a line. */
function bash(...words: string[]): string[] {
  const script = `source ./bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _thingstead; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['--norc', '-c', script, 'bash', 'thingstead', ...words]);
}

/** The same of a zsh, less its own choosing by what was begun. */
function zsh(...words: string[]): string[] {
  const script = [
    'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print FILES; }',
    'source ./zsh; words=("$@"); CURRENT=$#; _thingstead',
  ].join('\n');
  return run('zsh', ['-f', '-c', script, 'zsh', 'thingstead', ...words]);
}

function run(shell: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('what there is to complete', () => {
  it('is what the program has', () => {
    const program = new Command('x').addCommand(
      new Command('a')
        .addArgument(new Argument('<shell>').choices(['one', 'two words', '$(evil)']))
        .option('--plain <text>')
        .option('--config <file>')
        .option('--flag')
        .addOption(new Option('--mood <mood...>').choices(['merry', 'sad']))
        .action(() => undefined),
    );
    expect(completionsOf(program)).toEqual([
      {
        name: 'a',
        options: ['--plain', '--config', '--flag', '--mood', '--help'],
        values: [
          { option: '--plain', values: 'unknown' },
          { option: '--config', values: 'file' },
          { option: '--mood', values: ['merry', 'sad'] },
        ],
        argument: ['one'],
      },
    ]);
  });
});

describe.each([
  ['bash', bash, true],
  ['zsh', zsh, hasZsh],
] as const)('in %s', (name, complete, isThere) => {
  const test = it.skipIf(!isThere);
  if (!isThere) console.warn(`${name} is not installed: its completion is not tested`);

  test('commands are completed', () => {
    const offered = complete('');
    for (const { name: operation } of OPERATIONS) expect(offered).toContain(operation);
    for (const command of ['serve', 'device', 'read', 'completion', 'help', '--help'])
      expect(offered).toContain(command);
  });

  test('options, values and files are', () => {
    expect(complete('visibility', '--')).toEqual(
      expect.arrayContaining(['--thing', '--public', '--json', '--account']),
    );
    expect(complete('visibility', '--public', '')).toEqual(['true', 'false']);
    expect(complete('completion', '')).toEqual(['bash', 'zsh']);
    expect(complete('log-level', '--level', '')).toEqual(expect.arrayContaining(['silent', 'debug']));
    expect(complete('claim', '--')).toEqual(expect.arrayContaining(['--key-file']));
    expect(complete('claim', '--')).not.toContain('--key');
    expect(complete('record', '--thing', '')).toEqual([]);
    expect(complete('serve', '--config', 'set')).toEqual([name === 'zsh' ? 'FILES' : 'settings.yml']);
  });

  test('nothing is, and no harm is done, where the line makes no sense', () => {
    expect(complete('nonsense', '--')).toEqual([]);
    expect(complete("$(touch evil)'; touch evil", '')).toEqual([]);
    expect(complete('visibility', "'; touch evil; '", '').every((word) => word.startsWith('--'))).toBe(true);
    expect(run('ls', [])).toEqual(['bash', 'settings.yml', 'zsh']);
  });
});

it('bash chooses by what was begun', () => {
  expect(bash('my-t')).toEqual(['my-things']);
  expect(bash('visibility', '--pub')).toEqual(['--public']);
  expect(bash('visibility', '--public', 't')).toEqual(['true']);
});
