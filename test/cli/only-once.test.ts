import { describe, expect, it, vi } from 'vitest';
import { deviceCommand } from '../../src/cli/device.js';
import { onlyOnce } from '../../src/cli/only-once.js';
import { operationCommands } from '../../src/cli/operation.js';
import { createProgram } from '../../src/cli/program.js';

/** What is wrong with a command line, or nothing. */
function faultOf(name: string, ...args: string[]): string | undefined {
  const said: string[] = [];
  const command = operationCommands().find((each) => each.name() === name) ?? expect.fail(`no ${name}`);
  command
    .action(() => undefined)
    .exitOverride()
    .configureOutput({ writeErr: (text) => void said.push(text) });
  onlyOnce(command);
  try {
    command.parse(args, { from: 'user' });
    return undefined;
  } catch {
    return said.join('');
  }
}

describe('an option', () => {
  it.each([
    ['with', 'share', ['--thing', 'X', '--with', 'a@b', '--with', 'c@d']],
    ['thing', 'share', ['--thing', 'X', '--thing', 'Y', '--with', 'a@b']],
    ['with', 'share', ['--with', 'a@b', '--with=c@d']],
    ['public', 'visibility', ['--public', 'true', '--public', 'false']],
    ['tags-file', 'update', ['--tags-file', 'a', '--tags-file', 'b']],
    ['jid', 'share', ['--jid', 'a@b', '--jid', 'c@d']],
  ])('that takes one value is given once: --%s', (option, name, args) => {
    const fault = faultOf(name, ...args);
    expect(fault).toContain(`option '--${option} <`);
    expect(fault).toContain('is given more than once; it takes one value');
    expect(fault).not.toContain('c@d');
  });

  it('that takes several may be given several times, and so may one without a value', () => {
    expect(faultOf('update', '--tags', 'A:1', '--tags', 'B:2', '--json', '--json')).toBeUndefined();
    expect(faultOf('share', '--thing', 'X', '--with', 'a@b')).toBeUndefined();
  });

  it('that gathers what is given may be given several times', () => {
    const device = deviceCommand();
    const { commands } = device;
    const gathering = [device, ...commands].find((each) => each.options.some(({ long }) => long === '--tag'));
    const command = gathering ?? expect.fail('no --tag');
    command.action(() => undefined).exitOverride();
    onlyOnce(command);
    command.parse(['--tag', 'A=1', '--tag', '#B=2'], { from: 'user' });
    expect(command.opts()['tag']).toEqual({ A: '1', B: 2 });
  });

  it('is minded in every command of the program, with the exit status of what is asked for wrongly', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((status) => {
      throw new Error(`exit ${status}`);
    });
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      for (const name of ['share', 'read', 'export', 'import', 'device', 'serve']) {
        const command = createProgram().commands.find((each) => each.name() === name) ?? expect.fail(name);
        const option = command.options.find(({ required, variadic }) => required && !variadic);
        if (option === undefined) continue;
        const twice = [option.long ?? '', option.argChoices?.[0] ?? '1'];
        expect(() => createProgram().parse([name, ...twice, ...twice], { from: 'user' })).toThrow('exit 2');
        expect(String(write.mock.lastCall?.[0])).toContain('more than once');
      }
    } finally {
      exit.mockRestore();
      write.mockRestore();
    }
  });
});
