import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optionsOf, valuesOf } from '../../src/cli/field-options.js';
import { operationCommands } from '../../src/cli/operation.js';
import { choice, lines, secret, text, yesOrNo } from '../../src/operations/field.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { operation } from '../../src/operations/operation.js';
import { done } from '../../src/operations/outcome.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-fields-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const asIs = <T>(value: T) => ({ ok: true as const, value });
const shown = { label: 'It', description: 'What it is.' };
const rite = operation({
  name: 'rite',
  label: 'Rite',
  about: 'Rites.',
  may: 'anyone',
  fields: {
    plain: text(shown, asIs),
    key: secret(shown, asIs),
    tags: lines(shown, asIs),
    mood: choice(shown, [{ value: 'merry', label: 'Merry' }]),
    public: yesOrNo(shown),
  },
  run: async () => done('Done.'),
});
const flagsOf = (name: string) => optionsOf(name, rite.fields[name] ?? expect.fail()).map(({ flags }) => flags);

describe('the commands', () => {
  it('are those of the table, with an option for each field, and none twice', () => {
    const commands = operationCommands();
    expect(commands.map((command) => command.name())).toEqual(OPERATIONS.map(({ name }) => name));
    for (const [at, { fields, on }] of OPERATIONS.entries()) {
      const options = commands[at]?.options.map(({ long }) => long) ?? [];
      for (const [name, { isSecret }] of Object.entries(fields)) {
        expect(options.includes(`--${name}`)).toBe(isSecret !== true);
        if (isSecret) expect(options).toContain(`--${name}-file`);
      }
      if (on === 'thing') expect(options).toContain('--thing');
      expect(new Set(options).size).toBe(options.length);
    }
  });
});

describe('the options of a field', () => {
  it('are one, for a secret a file alone, for lines both', () => {
    expect(flagsOf('plain')).toEqual(['--plain <plain>']);
    expect(flagsOf('key')).toEqual(['--key-file <file>']);
    expect(flagsOf('tags')).toEqual(['--tags <tags...>', '--tags-file <file>']);
  });

  it('have the choices where there are no others', () => {
    const choices = (name: string) => optionsOf(name, rite.fields[name] ?? expect.fail())[0]?.argChoices;
    expect([choices('mood'), choices('public'), choices('plain')]).toEqual([['merry'], ['true', 'false'], undefined]);
  });
});

describe('values', () => {
  it('are those that were given, and nothing where nothing was', async () => {
    expect(await valuesOf(rite, {}, undefined)).toEqual({});
    expect(await valuesOf(rite, { plain: 'x', tags: ['a=1', 'b=2'], jid: 'a@b' }, undefined)).toEqual({
      plain: ['x'],
      tags: ['a=1', 'b=2'],
    });
  });

  it('are read from files, which for a secret nobody else may read', async () => {
    const tags = file('tags', 'a=1\r\nb=2\n', 0o644);
    const key = file('key', 'K1\n');
    expect(await valuesOf(rite, { tagsFile: tags, keyFile: key }, undefined)).toEqual({
      tags: ['a=1', 'b=2'],
      key: ['K1'],
    });
    const open = valuesOf(rite, { keyFile: file('open', 'K1', 0o644) }, undefined);
    await expect(open).rejects.toThrow('chmod it to 600');
    await expect(open).rejects.not.toThrow('K1');
  });

  it('are asked for at a terminal with -, unseen', async () => {
    const asked: string[] = [];
    const askSecret = async (question: string) => {
      asked.push(question);
      return 'typed';
    };
    const at = { ask: async () => expect.fail('it would be seen'), askSecret };
    expect(await valuesOf(rite, { keyFile: '-' }, at)).toEqual({ key: ['typed'] });
    expect(asked).toEqual(['It: ']);
  });

  it('are refused where they are given twice, or two from one input', async () => {
    await expect(valuesOf(rite, { tags: ['a'], tagsFile: 'x' }, undefined)).rejects.toThrow('both given');
    await expect(valuesOf(rite, { tagsFile: '-', keyFile: '-' }, undefined)).rejects.toThrow('only one');
  });
});
