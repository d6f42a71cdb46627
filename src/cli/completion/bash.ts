import type { Completions, Values } from './completions.js';

/** A script for bash (Programmable Completion): sourced, it completes `thingstead`. */
export function bashScript(all: readonly Completions[]): string {
  return `# Completion of thingstead for bash.
_thingstead() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...all.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}' -- "$word"))
    return
  fi
  case "$command $before" in
${all.flatMap(({ name, values }) => values.map((each) => `    '${name} ${each.option}') ${reply(each.values)} return ;;\n`)).join('')}    'help '*) ${reply(all.map(({ name }) => name))} return ;;
  esac
  case "$command" in
${all.map(({ name, argument, options }) => `    '${name}') if [[ $word == -* ]]; then ${reply(options)} else ${reply(argument.length === 0 ? options : argument)} fi ;;\n`).join('')}  esac
}
complete -F _thingstead thingstead
`;
}

function reply(values: Values): string {
  if (values === 'unknown') return ':;';
  if (values === 'file') return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"));';
  return `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$word"));`;
}
