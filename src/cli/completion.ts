import { Argument, Command } from 'commander';
import { bashScript } from './completion/bash.js';
import { type Completions, completionsOf } from './completion/completions.js';
import { zshScript } from './completion/zsh.js';

const SHELLS: Readonly<Record<string, (all: readonly Completions[]) => string>> = { bash: bashScript, zsh: zshScript };

/** `thingstead completion`: prints a script that completes commands, options and values in a shell. */
export function completionCommand(program: () => Command): Command {
  return new Command('completion')
    .description('print a script by which a shell completes what is typed')
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action((shell: string) => void process.stdout.write(SHELLS[shell]?.(completionsOf(program())) ?? ''));
}

const HELP = `
bash: put this into ~/.bashrc:   source <(thingstead completion bash)
zsh:  put this into ~/.zshrc, after compinit:   source <(thingstead completion zsh)`;
