import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { alive, end, launch } from '../server/child.js';
import type { Engine } from '../server/engine.js';

// Prosody refuses to run as root. This is `nobody`, whom every system has by this number.
const NOBODY = 65534;

// Prosody does not notice when we are gone. This does, since its standard input then ends: it ends Prosody, and removes
// the folder. It is ended itself before Prosody is, so that the number is still Prosody's.
const HALT_WITH_PARENT = 'cat > /dev/null; kill -9 "$1" 2> /dev/null; rm -rf "$2"';

/** The path of an installed `prosody`. */
export function findProsody(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'prosody'))
    .find((path) => isAbsolute(path) && existsSync(path));
}

/**
 * A Prosody as a child of this process, in the foreground, with all its data in a folder of its own under the system's
 * temporary folder. The system's own Prosody, if one runs, is not touched.
 *
 * @param configurationFor makes its configuration, given the folder for its data.
 */
export function localProsody(prosody: string, configurationFor: (data: string) => string): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-prosody-'));
  const file = join(folder, 'prosody.cfg.lua');
  const data = join(folder, 'data');
  const console = join(folder, 'console.log');
  writeFileSync(file, configurationFor(data), { mode: 0o600 });
  // It looks for certificates beside its configuration, and says so where there is no such folder.
  for (const path of [data, join(folder, 'certs')]) mkdirSync(path);
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) for (const path of [folder, file, data]) chownSync(path, user.uid, user.gid);
  let child: ChildProcess | undefined;
  let watcher: ChildProcess | undefined;

  async function halt(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await end(watcher, 'SIGKILL');
    await end(child, signal);
  }

  return {
    async start() {
      child = await launch(prosody, ['-F', '--config', file], console, { cwd: folder, env: process.env, ...user });
      const watched = [String(child.pid), folder];
      watcher = spawn('/bin/sh', ['-c', HALT_WITH_PARENT, 'sh', ...watched], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true,
      });
      watcher.stdin?.on('error', () => {});
    },
    running: async () => child !== undefined && alive(child),
    stop: () => halt('SIGTERM'),
    kill: () => halt('SIGKILL'),
    pause: async () => void child?.kill('SIGSTOP'),
    resume: async () => void child?.kill('SIGCONT'),
    logs: async () => (existsSync(console) ? readFileSync(console, 'utf8') : ''),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
