import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['src/domain', 'src/store', 'test/store/child', 'test/store/contract'];

/** Programs of test/store/child/, to be run in processes of their own: to kill, and to take the disk from. */
export interface Children {
  start(name: string, args: readonly string[]): ChildProcess;
  remove(): void;
}

/** Turns the sources into JavaScript, which Node 20 needs, in a folder that finds the same packages. */
export function compileChildren(): Children {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, 'store-test-'));
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
  for (const folder of SOURCES) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.ts')) compile(out, join(folder, name));
    }
  }
  return {
    start: (name, args) =>
      spawn(process.execPath, [join(out, 'test/store/child', `${name}.js`), ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    remove: () => rmSync(out, { recursive: true, force: true }),
  };
}

function compile(out: string, file: string): void {
  const { outputText } = transpileModule(readFileSync(join(ROOT, file), 'utf8'), {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  const target = join(out, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}

/** Everything that the process says until it has ended, and its status. `heard` is called for each full line. */
export async function ended(
  child: ChildProcess,
  heard: (line: string, count: number) => void = () => undefined,
): Promise<{ readonly lines: readonly string[]; readonly code: number | null }> {
  let text = '';
  let count = 0;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    for (; count < lines.length - 1; count += 1) heard(lines[count] ?? '', count + 1);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { lines: text.split('\n').slice(0, -1), code };
}
