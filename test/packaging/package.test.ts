import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, packageRoot, type Server, startServer } from '../../scripts/ejabberd/server.js';
import { isHealthy, run, settingsFor } from '../integration/harness/component-under-test.js';
import { until } from '../integration/harness/until.js';

const root = packageRoot();
const BUILT_FROM = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
  'contrib',
  'ejabberd.yml',
  'LICENSE',
];
const DOCUMENTS = readdirSync(root).filter((name) => name.endsWith('.md'));
interface Locked {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly integrity?: string;
}
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
let folder: string;
/** Where the package lies as npm would install it. */
let installed: string;
let files: readonly string[];
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-package-'));
  const copy = join(folder, 'copy');
  for (const name of [...BUILT_FROM, ...DOCUMENTS]) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  files = (JSON.parse(packed.slice(packed.indexOf('[\n')))[0].files as { path: string }[]).map(({ path }) => path);
  installed = join(folder, 'there', 'node_modules', 'thingstead');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, archive ?? ''), '-C', installed, '--strip-components=1']);
  // Its dependencies and none of those for developing, as they are here: there may be no network.
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    if (dev === true || !/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path)) continue;
    const target = join(installed, path);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, path), target);
  }
  server = await startServer();
}, 120_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** In an environment that has next to nothing. */
const bare = { PATH: process.env['PATH'] ?? '' };
const bin = () => join(installed, 'dist', 'cli', 'main.js');

describe('the package', () => {
  it('has what is run and what operators need, and nothing else', () => {
    const outside = files.filter((path) => !/^(dist|contrib)\//.test(path)).sort();
    expect(outside).toEqual(
      [...DOCUMENTS.filter((name) => name !== 'ARCHITECTURE.md'), 'LICENSE', 'ejabberd.yml', 'package.json'].sort(),
    );
    expect(files).toEqual(
      expect.arrayContaining(['dist/cli/main.js', 'dist/client/index.d.ts', 'contrib/thingstead.service']),
    );
    expect(files.filter((path) => !/^dist\/.*\.(js|d\.ts)$|^contrib\/|^[^/]+$/.test(path))).toEqual([]);
  });

  it('runs without HOME, wherever it is started', () => {
    const ran = (...args: string[]) =>
      spawnSync(process.execPath, [bin(), ...args], { cwd: '/', env: bare, encoding: 'utf8' });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(ran('--version').stdout.trim()).toBe(version);
    const unset = ran('serve');
    expect(unset.status).toBe(2);
    expect(unset.stderr).toContain('THINGSTEAD_DOMAIN');
  });

  it('serves', async () => {
    const http = `127.0.0.1:${await freePort()}`;
    const settings = { ...settingsFor(server, join(folder, 'things.db')), THINGSTEAD_HTTP: http };
    const { child } = run(bin(), ['serve'], settings, folder);
    try {
      await until(() => isHealthy(`http://${http}/readyz`), 'it is ready', 30_000);
    } finally {
      child.kill('SIGTERM');
    }
  });

  it('can be imported, with types', () => {
    const program = join(folder, 'there', 'program.mts');
    writeFileSync(
      program,
      `import { createDevice } from 'thingstead/device';\nimport { createClient } from 'thingstead/client';\n` +
        `export const both: readonly ((...args: never[]) => unknown)[] = [createDevice, createClient];\nconsole.log(both.map((each) => typeof each).join());\n`,
    );
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const options = [
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--strict',
      '--skipLibCheck',
      '--types',
      'node',
      '--typeRoots',
    ];
    execFileSync(tsc, [...options, join(root, 'node_modules', '@types'), program], { stdio: 'inherit' });
    const said = execFileSync(process.execPath, [program.replace('.mts', '.mjs')], { encoding: 'utf8' });
    expect(said.trim()).toBe('function,function');
  });
});

describe('dependencies', () => {
  const used = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);

  it('run something when they are installed in one case alone', () => {
    expect(used.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual([
      'node_modules/better-sqlite3',
    ]);
  });

  it('are pinned by their content, and from no particular place', () => {
    expect(
      Object.entries(lock.packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined),
    ).toEqual([]);
    expect(JSON.stringify(lock)).not.toContain('"resolved"');
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('may be used beside Apache-2.0', () => {
    const allowed =
      /\b(MIT|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)\b/;
    const others = used.filter(([, { license = '' }]) => !allowed.test(license)).map(([path]) => path);
    // Its own licence asks for what BSD's does, and for the terms of UCUM to come with its table, which they do.
    expect(others).toEqual(['node_modules/@lhncbc/ucum-lhc']);
  });
});
