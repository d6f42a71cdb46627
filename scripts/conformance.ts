import { readFileSync, writeFileSync } from 'node:fs';
import { DIALECTS } from '../conformance/dialects.js';
import { SPECIFICATIONS } from '../conformance/index.js';
import { countsOf, plainLine, render } from '../conformance/render.js';
import { linesOf } from '../conformance/requirement.js';

/**
 * `npm run conformance` prints the report, a line a requirement, and writes CONFORMANCE.md; with `-- --check` it writes
 * nothing, and fails where CONFORMANCE.md is not current.
 */
const FILE = 'CONFORMANCE.md';

const current = render(SPECIFICATIONS, DIALECTS);
const lines = SPECIFICATIONS.flatMap(linesOf);
if (process.argv.includes('--check')) check();
else {
  for (const line of lines) console.log(plainLine(line));
  const { done, otherwise, not, others } = countsOf(lines);
  console.log(`${lines.length} lines: ${done} done, ${otherwise} otherwise, ${not} not, ${others} asked of others`);
  writeFileSync(FILE, current);
}

function check(): void {
  if (readFileSync(FILE, 'utf8') === current) return;
  console.error(`${FILE} is not what the tables in conformance/ say; run npm run conformance.`);
  process.exitCode = 1;
}
