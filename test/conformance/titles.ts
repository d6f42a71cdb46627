import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * Whether a file of tests has one of that full name, by its text: quick, and without running it. Of a title that is
 * made for each case only what is written of it is compared; whether the test ran is for the run to say.
 */
export function createTitles(): (file: string, name: string) => boolean {
  const known = new Map<string, Paths>();
  return (file, name) => {
    const paths = known.get(file) ?? pathsOf(file);
    known.set(file, paths);
    const { own, helped } = paths;
    return [...own].some((path) => fits(path, name)) || [...helped].some((path) => endsWith(path, name));
  };
}

/** The titles of a test and what it is in, one below the other; `\0` stands for what each case puts there. */
type Path = string;

interface Paths {
  readonly own: ReadonlySet<Path>;
  /** Of helpers that the file imports, in whatever it calls them from. */
  readonly helped: ReadonlySet<Path>;
}

const ANY = '\0';

function pathsOf(file: string): Paths {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const own = new Set<Path>();
  visit(source, [], own);
  const helped = new Set<Path>();
  for (const helper of importsOf(source, file)) visit(helper, [], helped);
  return { own, helped };
}

function visit(node: ts.Node, above: readonly string[], found: Set<Path>): void {
  const called = ts.isCallExpression(node) ? titled(node) : undefined;
  const path = called === undefined ? above : [...above, called.title];
  if (called?.kind === 'it') found.add(path.join(' > '));
  ts.forEachChild(node, (child) => visit(child, path, found));
}

/** `it('...', ...)`, `describe.each(...)('...', ...)` and the like. */
function titled(call: ts.CallExpression): { readonly kind: 'it' | 'describe'; readonly title: string } | undefined {
  const [kind] = /^(it|test|describe)\b/.exec(call.expression.getText()) ?? [];
  const [title] = call.arguments;
  const isMaker = /\.(each|for|skipIf|runIf)$/.test(call.expression.getText());
  if (kind === undefined || title === undefined || isMaker || call.arguments.length < 2) return undefined;
  return {
    kind: kind === 'describe' ? kind : 'it',
    title: writtenOf(title, /\.(each|for)\b/.test(call.expression.getText())),
  };
}

function writtenOf(title: ts.Expression, isForEach: boolean): string {
  if (!ts.isStringLiteralLike(title)) {
    if (!ts.isTemplateExpression(title)) return ANY;
    return title.head.text + title.templateSpans.map((span) => ANY + span.literal.text).join('');
  }
  return isForEach ? title.text.replace(/%[sdifjoO#$]|\$[\w.]+/g, ANY) : title.text;
}

function importsOf(source: ts.SourceFile, file: string): ts.SourceFile[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const target = join(dirname(file), statement.moduleSpecifier.text.replace(/\.js$/, '.ts'));
    if (!target.startsWith('test/') || !existsSync(target)) return [];
    return [ts.createSourceFile(target, readFileSync(target, 'utf8'), ts.ScriptTarget.Latest, true)];
  });
}

function fits(path: Path, name: string): boolean {
  if (!name.endsWith('*')) return patternOf(path).test(name);
  const [start = ''] = path.split(ANY);
  const wanted = name.slice(0, -1);
  return start.startsWith(wanted) || (path.includes(ANY) && wanted.startsWith(start));
}

function endsWith(path: Path, name: string): boolean {
  const parts = name.split(' > ');
  return parts.some((_, at) => fits(path, parts.slice(at).join(' > ')));
}

function patternOf(path: Path): RegExp {
  const parts = path.split(ANY).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
