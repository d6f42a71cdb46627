import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** One import of a file: another file of ours by its path below src, or a package or module of Node by its name. */
interface Import {
  readonly target: string;
  readonly isOurs: boolean;
  /** Nothing is left of it at run time. */
  readonly typesOnly: boolean;
}
type Sources = ReadonlyMap<string, string>;

/**
 * What each layer may import of our own files; a layer is all files whose path begins so, and the longest match counts.
 * `types` are types alone. A file that is in no layer, or imports what is not listed here, fails the test.
 */
const LAYERS: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  'domain/': { values: ['domain/'] },
  'store/': { values: ['store/', 'domain/'] },
  'xmpp/': { values: ['xmpp/'], types: ['domain/jid.ts'] },
  'xep/': { values: ['xep/', 'xmpp/', 'domain/'] },
  'xep/0050-commands/': { values: ['xep/', 'xmpp/', 'domain/', 'operations/'] },
  'operations/': { values: ['operations/', 'domain/'] },
  'device/': { values: ['device/', 'client/', 'xep/', 'xmpp/', 'domain/'] },
  'client/': { values: ['client/', 'xep/', 'xmpp/', 'domain/'] },
  'cli/': {
    values: [
      'cli/',
      'main.ts',
      'config.ts',
      'settings.ts',
      'live-settings.ts',
      'version.ts',
      'redact.ts',
      'operations/',
      'device/',
      'client/',
      'units/',
      'maintenance/',
      'domain/ports.ts',
    ],
    types: ['domain/', 'xmpp/'],
  },
  'units/': { values: ['units/', 'domain/'] },
  // What is done to a component that does not run, or beside one that does: with its store, and its server.
  'maintenance/': { values: ['maintenance/', 'store/', 'xmpp/', 'domain/'], types: ['config.ts'] },
  'main.ts': {
    values: [
      'assemble.ts',
      'units/',
      'event-loop.ts',
      'health.ts',
      'metrics/',
      'watch-stanzas.ts',
      'ids.ts',
      'limits.ts',
      'live-settings.ts',
      'upkeep.ts',
      'domain/',
      'store/',
      'xep/',
      'xmpp/',
      'operations/',
    ],
  },
  'assemble.ts': {
    values: [
      'units/',
      'event-loop.ts',
      'health.ts',
      'metrics/',
      'watch-stanzas.ts',
      'ids.ts',
      'limits.ts',
      'live-settings.ts',
      'upkeep.ts',
      'domain/',
      'store/',
      'xep/',
      'xmpp/',
      'operations/',
    ],
  },
  // What follows from settings is made anew when these change; so it knows those whom it makes.
  'live-settings.ts': {
    values: ['settings.ts', 'domain/'],
    types: ['config.ts', 'operations/upkeep.ts', 'xep/0323-sensor-data/limits.ts'],
  },
  'upkeep.ts': {
    values: ['operations/upkeep.ts'],
    types: ['live-settings.ts', 'settings.ts', 'domain/backup.ts', 'xmpp/log.ts'],
  },
  'config.ts': { values: ['settings.ts'], types: ['domain/jid.ts'] },
  'settings.ts': { values: ['xmpp/jid.ts'], types: ['domain/jid.ts'] },
  'event-loop.ts': { values: [] },
  'health.ts': { values: [], types: ['xmpp/log.ts'] },
  'metrics/': { values: ['metrics/'] },
  'watch-stanzas.ts': { values: ['xmpp/element.ts'], types: ['metrics/', 'upkeep.ts'] },
  'redact.ts': { values: [] },
  'ids.ts': { values: [], types: ['domain/ports.ts', 'domain/thing.ts'] },
  'version.ts': { values: [] },
  'limits.ts': { values: ['live-settings.ts', 'domain/', 'xep/', 'xmpp/parser.ts'], types: ['operations/'] },
};

/**
 * A codec is `codec.ts`, `*-codec.ts` and whatever these reach below src/xep. It knows the elements, and of the domain
 * the types, and the tables and small rules of values that are kept in these files.
 */
const CODEC = {
  values: [
    'xep/',
    ...['element', 'reader', 'stanza-error', 'jid', 'data-form', 'result-set'].map((name) => `xmpp/${name}.ts`),
    ...['tags', 'tag-text', 'search', 'reading', 'date-time', 'read-out/request', 'read-out/report'].map(
      (name) => `domain/${name}.ts`,
    ),
  ],
  types: ['domain/'],
};

/** Which protocol may use another's files, beside those that lie in src/xep itself: `0050-commands: ['0004-forms']`. */
const BETWEEN_PROTOCOLS: Readonly<Record<string, readonly string[]>> = {};

/** Who may import a package, or a module of Node. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@lhncbc/ucum-lhc': ['units/'],
  '@xmpp/component': ['xmpp/'],
  '@xmpp/xml': ['xmpp/element.ts', 'xmpp/xmpp-js.d.ts'],
  'better-sqlite3': ['store/sqlite/'],
  commander: ['cli/'],
  'fast-xml-parser': ['cli/'],
  ltx: ['xmpp/element.ts', 'xmpp/xmpp-js.d.ts'],
  pino: ['cli/'],
  'prom-client': ['metrics/'],
  stanza: ['xmpp/jid.ts', 'client/session/sasl.ts'],
  uqr: ['cli/', 'device/'],
  yaml: ['config.ts', 'cli/'],
  'node:': ['store/', 'xmpp/', 'xep/', 'operations/', 'device/', 'client/', 'cli/', 'maintenance/', ...rootFiles()],
};

/** What the domain gets as a port or not at all: the time, chance, and the world. */
const WORLDLY =
  /^(Date\.now|Math\.random|performance|process|console|fetch|crypto|require|(set|clear)(Timeout|Interval|Immediate)|queueMicrotask|globalThis)$/;

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const sources = readSources();

describe('imports', () => {
  it('go the ways that the table of layers allows', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(forbiddenImports(sources)).toEqual([]);
  });

  it('go round in no circle', () => {
    expect(cycles(sources)).toEqual([]);
  });

  it.each([
    ['domain/claim.ts', "import { element } from '../xmpp/element.js';"],
    ['domain/claim.ts', "import type { Jid } from '../xmpp/jid.js';"],
    ['domain/claim.ts', "import { openSqliteStore } from '../store/sqlite/index.js';"],
    ['domain/claim.ts', "import { randomUUID } from 'node:crypto';"],
    ['domain/claim.ts', "import type { Socket } from 'node:net';"],
    ['domain/claim.ts', "import { nameprep } from 'stanza';"],
    ['store/sqlite/index.ts', "import { parseJid } from '../../xmpp/jid.js';"],
    ['store/sqlite/index.ts', "import { DISCOVERY } from '../../xep/0347-registry/codec.js';"],
    ['xmpp/caller.ts', "import { bareOf } from '../domain/jid.js';"],
    ['xmpp/caller.ts', "import type { Thing } from '../domain/thing.js';"],
    ['xmpp/caller.ts', "import { DISCOVERY } from '../xep/0347-registry/codec.js';"],
    ['xmpp/caller.ts', "import { Element } from 'ltx';"],
    ['xmpp/stream.ts', "import xml from '@xmpp/xml';"],
    ['xep/0347-registry/handler.ts', "import { openSqliteStore } from '../../store/sqlite/index.js';"],
    ['xep/0347-registry/handler.ts', "export * from '../0030-disco/codec.js';"],
    ['xep/0347-registry/handler.ts', "const disco = await import('../0030-disco/codec.js');"],
    ['xep/0347-registry/handler.ts', "import Database from 'better-sqlite3';"],
    ['xep/0347-registry/codec.ts', "import { createRouter } from '../../xmpp/router.js';"],
    ['xep/0347-registry/codec.ts', "import { createAccess } from '../../domain/access.js';"],
    ['xep/0347-registry/search-codec.ts', "import { createAccess } from '../../domain/access.js';"],
    ['xep/0347-registry/tags.ts', "import { createAccess } from '../../domain/access.js';"],
    ['xep/0347-registry/tags.ts', "import { createCaller } from '../../xmpp/caller.js';"],
    ['cli/serve.ts', "import { openSqliteStore } from '../store/sqlite/index.js';"],
    ['cli/serve.ts', "import { createRegistry } from '../domain/registry.js';"],
    ['health.ts', "import { start } from './main.js';"],
    ['xep/index.ts', "type Config = import('../main.js').Running;"],
    ['config.ts', "import { openPepper } from './store/pepper.js';"],
    ['ids.ts', "import { StoreUnavailable } from './domain/ports.js';"],
    ['somewhere/else.ts', "import { parseJid } from '../xmpp/jid.js';"],
  ])('would fail with, in %s: %s', (file, line) => {
    const before = forbiddenImports(sources);
    expect(forbiddenImports(withLine(file, line))).toHaveLength(before.length + 1);
  });

  it('would fail with a circle, also one of types', () => {
    const circle = withLine('domain/jid.ts', "import type { Thing } from './thing.js';");
    expect(cycles(circle)).toContain('domain/jid.ts > domain/thing.ts > domain/jid.ts');
  });
});

describe('the domain', () => {
  it('has no clock, chance or world of its own', () => {
    expect(worldlyUses(sources)).toEqual([]);
  });

  it.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const n = Math.random();',
    'setTimeout(() => 0, 1);',
  ])('would fail with: %s', (line) => expect(worldlyUses(withLine('domain/claim.ts', line))).toHaveLength(1));
});

function forbiddenImports(all: Sources): string[] {
  const codecs = codecFiles(all);
  return [...all].flatMap(([file, text]) => {
    const layer = layerOf(file);
    if (layer === undefined) return [`${file} is in no layer`];
    return importsOf(file, text)
      .filter((one) => !isAllowed(file, one, codecs.has(file) ? CODEC : layer))
      .map(({ target, typesOnly }) => `${file} imports ${typesOnly ? 'types of ' : ''}${target}`);
  });
}

function isAllowed(
  file: string,
  { target, isOurs, typesOnly }: Import,
  { values, types = [] }: (typeof LAYERS)[string],
) {
  if (!isOurs) return isIn(file, PACKAGES[packageOf(target)] ?? []);
  if (!isIn(target, typesOnly ? [...values, ...types] : values)) return false;
  const [from, to] = [protocolOf(file), protocolOf(target)];
  if (from === undefined || to === undefined || from === to) return true;
  return BETWEEN_PROTOCOLS[from]?.includes(to) === true;
}

function layerOf(file: string) {
  const [layer] = Object.keys(LAYERS)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length);
  return layer === undefined ? undefined : LAYERS[layer];
}

function codecFiles(all: Sources): ReadonlySet<string> {
  const waiting = [...all.keys()].filter((file) => /^xep\/.*[/-]codec\.ts$/.test(file));
  const codecs = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (codecs.has(file)) continue;
    codecs.add(file);
    const imports = importsOf(file, all.get(file) ?? '');
    waiting.push(...imports.map(({ target }) => target).filter((target) => target.startsWith('xep/')));
  }
  return codecs;
}

function protocolOf(file: string): string | undefined {
  return /^xep\/([^/]+)\//.exec(file)?.[1];
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return 'node:';
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place));
}

/** Each circle once, beginning with the file that the walk came to first. */
function cycles(all: Sources): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' > '));
    if (at >= 0 || done.has(file)) return;
    for (const { target } of importsOf(file, all.get(file) ?? '')) if (all.has(target)) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of all.keys()) walk(file, []);
  return [...new Set(found)];
}

function worldlyUses(all: Sources): string[] {
  return [...all]
    .filter(([file]) => file.startsWith('domain/'))
    .flatMap(([file, text]) =>
      nodesOf(file, text)
        .filter(isWorldly)
        .map((node) => `${file}: ${node.getText()}`),
    );
}

function isWorldly(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && !node.arguments?.length;
  if (ts.isPropertyAccessExpression(node)) return WORLDLY.test(node.getText());
  return ts.isIdentifier(node) && WORLDLY.test(node.text) && !isNameOfSomethingElse(node);
}

/** `deps.process`, `{ process: 1 }` and the like are names of their own. */
function isNameOfSomethingElse({ parent }: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(parent) || ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent);
}

function importsOf(file: string, text: string): Import[] {
  return nodesOf(file, text).flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    const isOurs = specifier.startsWith('.');
    const target = isOurs ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
    return [{ target, isOurs, typesOnly: isTypesOnly(node) }];
  });
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node)) return textOf(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isTypesOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || areTypes(node.exportClause);
  if (!ts.isImportDeclaration(node)) return false;
  const clause = node.importClause;
  return (
    clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (clause?.name === undefined && areTypes(clause?.namedBindings))
  );
}

function areTypes(names: ts.Node | undefined): boolean {
  if (names === undefined || !(ts.isNamedImports(names) || ts.isNamedExports(names))) return false;
  return names.elements.length > 0 && names.elements.every(({ isTypeOnly }) => isTypeOnly);
}

const trees = new Map<string, readonly ts.Node[]>();
/** All nodes of a file; parsed once for each text of it. */
function nodesOf(file: string, text: string): readonly ts.Node[] {
  const key = `${file}\n${text}`;
  const known = trees.get(key);
  if (known !== undefined) return known;
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  trees.set(key, nodes);
  return nodes;
}

function withLine(file: string, line: string): Sources {
  return new Map([...sources, [file, `${line}\n${sources.get(file) ?? ''}`]]);
}

function readSources(): Sources {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return new Map(files.sort().map((file) => [file.split(sep).join('/'), readFileSync(join(SRC, file), 'utf8')]));
}

function rootFiles(): readonly string[] {
  return Object.keys(LAYERS).filter((layer) => layer.endsWith('.ts'));
}
