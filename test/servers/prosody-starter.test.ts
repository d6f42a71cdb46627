import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProsody, localProsody } from '../../scripts/prosody/local.js';
import { startProsody } from '../../scripts/prosody/server.js';
import { connectClient } from '../integration/harness/client.js';
import { until } from '../integration/harness/until.js';
import { canRun } from '../interop/programs.js';

/** The least with which it runs; it listens nowhere. */
const QUIET = 'modules_disabled = { "c2s", "s2s" } VirtualHost "localhost"';

describe.skipIf(!canRun(['which', 'prosody']))('a Prosody of our own', { timeout: 60_000 }, () => {
  it('has nothing to say against contrib/prosody.cfg.lua, and keeps its accounts over a restart', async () => {
    const server = await startProsody();
    try {
      await (await connectClient(server, 'kept')).stop();
      const worse = (await server.logs()).split('\n').filter((line) => /\s(warn|error)\s/.test(line));
      expect(worse).toEqual([]);
      await server.restart();
      await (await connectClient(server, 'kept', { create: false })).stop();
    } finally {
      await server.stop();
    }
  });

  it('leaves no process and no folder when it is stopped, killed before or not', async () => {
    for (const kill of [false, true]) {
      let folder = '';
      const engine = localProsody(findProsody() ?? '', (data) => {
        folder = dirname(data);
        return `data_path = ${JSON.stringify(data)}\n${QUIET}`;
      });
      await engine.start();
      await until(async () => (await engine.logs()).includes('Hello and welcome'), 'it has started');
      expect(processesWith(folder)).toHaveLength(2); // it, and what ends it should this process be killed
      if (kill) await engine.kill();
      await engine.stop();
      await engine.remove();
      expect(processesWith(folder)).toEqual([]);
      expect(existsSync(folder)).toBe(false);
    }
  });

  it('goes when the process that started it is killed', async () => {
    const program = `
      import { runnerImport } from 'vite';
      const { module } = await runnerImport('./scripts/prosody/local.ts');
      let folder;
      const engine = module.localProsody(module.findProsody(), (data) => {
        folder = data;
        return 'data_path = ' + JSON.stringify(data) + '\\n${QUIET}';
      });
      await engine.start();
      console.log(folder);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    while (!output.endsWith('\n')) await once(parent.stdout, 'data');
    const folder = dirname(output.trim());
    await until(() => processesWith(folder).length === 2, 'it runs');
    parent.kill('SIGKILL');
    while (processesWith(folder).length > 0) await delay(50);
    expect(existsSync(folder)).toBe(false);
  });
});

function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(text));
}
