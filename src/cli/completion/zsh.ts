import type { Completions, Values } from './completions.js';

/** A script for zsh (zshcompsys): sourced after compinit, or in a folder of $fpath as _thingstead, it completes `thingstead`. */
export function zshScript(all: readonly Completions[]): string {
  return `#compdef thingstead
# Completion of thingstead for zsh.
_thingstead() {
  local word=\${words[CURRENT]} before=\${words[CURRENT-1]} command=\${words[2]}
  if (( CURRENT == 2 )); then
    compadd -- ${[...all.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}
    return
  fi
  case "$command $before" in
${all.flatMap(({ name, values }) => values.map((each) => `    '${name} ${each.option}') ${reply(each.values)}; return ;;\n`)).join('')}    'help '*) ${reply(all.map(({ name }) => name))}; return ;;
  esac
  case "$command" in
${all.map(({ name, argument, options }) => `    '${name}') if [[ $word == -* ]]; then ${reply(options)}; else ${reply(argument.length === 0 ? options : argument)}; fi ;;\n`).join('')}  esac
}
if [ "$funcstack[1]" = "_thingstead" ]; then _thingstead "$@"; else compdef _thingstead thingstead; fi
`;
}

function reply(values: Values): string {
  if (values === 'unknown') return ':';
  return values === 'file' ? '_files' : `compadd -- ${values.join(' ')}`;
}
