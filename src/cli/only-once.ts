import type { Command, Option } from 'commander';

/**
 * Has a command refuse an option that takes one value and is given twice: the last would count, and the first be dropped
 * without a word. What it says names the option and not what was given for it.
 */
export function onlyOnce(command: Command): void {
  for (const option of command.options.filter(takesOne)) {
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) command.error(`error: option '${option.flags}' is given more than once; it takes one value`);
      isGiven = true;
    });
  }
}

/** Not so where all that are given are gathered, which begins with an empty object. */
function takesOne({ required, variadic, defaultValue }: Option): boolean {
  return required && !variadic && typeof defaultValue !== 'object';
}
