import { placeOf } from './files.js';
import {
  type Dialect,
  FORCES,
  type Line,
  linesOf,
  listOf,
  type Specification,
  STATES,
  type State,
} from './requirement.js';

/** CONFORMANCE.md, whole. */
export function render(specifications: readonly Specification[], dialects: readonly Dialect[]): string {
  const parts = [INTRODUCTION, summary(specifications), ...specifications.map(chapter), dialectTable(dialects)];
  return `${parts.join('\n\n')}\n`;
}

/** How many requirements of each state. */
export function countsOf(lines: readonly Line[]): Readonly<Record<State, number>> {
  const counts = { done: 0, otherwise: 0, not: 0, others: 0 };
  for (const { state } of lines) counts[state] += 1;
  return counts;
}

const INTRODUCTION = `# What the specifications ask, and what is done

Written by \`npm run conformance\` from the tables in \`conformance/\`; do not edit it by hand. There is a line for each MUST, SHOULD
and MAY, and for each sentence of behaviour ("says"), in words of ours. A line is

- **done**, shown by tests that fail if it were not so;
- done **otherwise**, on purpose and with the reason, shown by tests of what is done instead;
- **not** done, with the reason;
- asked **of others**: of servers, networks, or people.

Tests are named as vitest reports them; a \`*\` stands for all whose names begin so. \`npm test\` fails where one of them is missing, did
not run or did not pass.`;

const HEADINGS: Readonly<Record<State, string>> = {
  done: 'done',
  otherwise: 'otherwise',
  not: 'not',
  others: 'of others',
};

function summary(specifications: readonly Specification[]): string {
  const rows = specifications.map(({ xep, name, version, ...rest }) => {
    const counts = countsOf(linesOf({ xep, name, version, ...rest }));
    return [`[XEP-${xep}](#xep-${xep}) ${name}`, version, ...STATES.map((state) => String(counts[state]))];
  });
  return table(['Specification', 'Version', ...STATES.map((state) => HEADINGS[state])], rows);
}

function chapter(specification: Specification): string {
  const { xep, name, version, scope } = specification;
  const rows = linesOf(specification).map((line) => [
    line.section,
    line.force,
    line.text,
    conduct(line),
    tests(line.tests),
  ]);
  const heading = `<a id="xep-${xep}"></a>\n\n## XEP-${xep}: ${name} (${version})\n\n${scope}`;
  return `${heading}\n\n${table(['Section', '', 'What is asked', 'What is done', 'Shown by'], rows)}`;
}

function conduct({ state, why, maySkip }: Line): string {
  const said = state === 'done' ? 'done' : `**${HEADINGS[state]}**: ${why}`;
  return maySkip ? `${said} (not on every machine)` : said;
}

function dialectTable(dialects: readonly Dialect[]): string {
  const rows = dialects.map(({ xep, written, understood, refused, tests: shown }) => [
    xep,
    written,
    understood ?? `**refused**: ${refused}`,
    tests(listOf(shown)),
  ]);
  const about = `## Dialects

Peers write earlier versions of XEP-0323, and habits of their own. What can be meant in one way only is read; what can be meant in
two ways, or in none, is refused by name. What goes out is the present form.`;
  return `${about}\n\n${table(['XEP', 'Written', 'Understood as', 'Shown by'], rows)}`;
}

function tests(named: readonly string[]): string {
  return named
    .map((test) => {
      const { file = '', name } = placeOf(test);
      return `[${file.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](${file}): ${code(name)}`;
    })
    .join('<br>');
}

/** Names hold angle brackets, backticks and asterisks. */
function code(name: string): string {
  const fence = name.includes('`') ? '``' : '`';
  const pad = fence === '`' ? '' : ' ';
  return `${fence}${pad}${name}${pad}${fence}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One line a requirement, for a terminal. */
export function plainLine({ xep, section, force, text, state, why }: Line): string {
  const width = Math.max(...FORCES.map(({ length }) => length));
  return `${xep} ${section}: ${force.padEnd(width)} ${text}: ${HEADINGS[state]}${why === '' ? '' : `: ${why}`}`;
}
