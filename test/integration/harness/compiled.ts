import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { packageRoot } from '../../../scripts/ejabberd/server.js';

/** The package as JavaScript, for processes of its own. */
export interface Compiled {
  /** The file of the `thingstead` command. */
  readonly command: string;
  remove(): void;
}

/**
 * Turns `src` into JavaScript in a folder from which the same packages are found. It is not `npm run build`: it looks at
 * no types, and leaves `dist` to those who build.
 */
export function compilePackage(): Compiled {
  const root = packageRoot();
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'integration-'));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  const source = join(root, 'src');
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (/(?<!\.d)\.ts$/.test(name)) compile(join(source, name), join(folder, 'dist', name.replace(/ts$/, 'js')));
  }
  return {
    command: join(folder, 'dist', 'cli', 'main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function compile(file: string, target: string): void {
  const { outputText } = transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2023, verbatimModuleSyntax: true },
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
