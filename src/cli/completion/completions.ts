import type { Command, Option } from 'commander';

/** What may follow `thingstead <name>`. */
export interface Completions {
  readonly name: string;
  readonly options: readonly string[];
  /** What may follow those options that take a value, where it is known what. */
  readonly values: readonly OptionValues[];
  /** What the command itself is told. */
  readonly argument: Values;
}

export interface OptionValues {
  readonly option: string;
  readonly values: Values;
}

/** Some words, the name of a file, or something that nobody knows. */
export type Values = readonly string[] | 'file' | 'unknown';

/** What there is to complete of a program: its own commands and options, so that nothing is to be kept in step. */
export function completionsOf(program: Command): readonly Completions[] {
  return program.commands.map((command) => {
    // Of a command of commands all options are offered, whichever of these it is.
    const all = new Map(
      [command, ...command.commands].flatMap((each) => each.options).map((option) => [flagOf(option), option]),
    );
    const withValue = [...all].filter(([, { required }]) => required);
    return {
      name: command.name(),
      options: [...all.keys(), '--help'],
      values: withValue.map(([option, { flags, argChoices }]) => ({ option, values: valuesOf(flags, argChoices) })),
      argument: argumentOf(command),
    };
  });
}

function argumentOf({ commands, registeredArguments: [argument] }: Command): Values {
  if (commands.length > 0) return commands.map((command) => command.name());
  return argument === undefined ? [] : valuesOf(`<${argument.name()}>`, argument.argChoices);
}

function flagOf({ long, short }: Option): string {
  return long ?? short ?? '';
}

/** Words that need no quotes in any shell; others are left to be typed. */
const PLAIN = /^[\w.:@-]+$/;

function valuesOf(flags: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return choices.filter((choice) => PLAIN.test(choice));
  return flags.endsWith('<file>') ? 'file' : 'unknown';
}
