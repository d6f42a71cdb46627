import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { alive, end, launch } from '../server/child.js';
import type { Engine } from '../server/engine.js';
import type { EngineOptions } from './engine.js';
import { inetrc } from './federation.js';

/** Where an installed ejabberd has its parts. */
export interface Installation {
  /** The Erlang emulator. */
  readonly erl: string;
  /** The folder of Erlang libraries that ejabberd is among. */
  readonly libraries: string;
}

/** Finds an installed ejabberd by asking its `ejabberdctl`, which knows where its packager put things. */
export function findInstallation(): Installation | undefined {
  // A user other than root has no sbin in PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  for (const folder of folders) {
    const script = join(folder, 'ejabberdctl');
    if (!isAbsolute(script) || !existsSync(script)) continue;
    const text = readFileSync(script, 'utf8');
    const erl = /^ERL=["']?([^"'\s$]+)["']?$/m.exec(text)?.[1];
    const libraries = /^ERL_LIBS=["']?([^"'\s$]+)["']?$/m.exec(text)?.[1];
    if (erl !== undefined && libraries !== undefined && existsSync(erl) && existsSync(libraries))
      return { erl, libraries };
  }
  return undefined;
}

/**
 * An ejabberd as a child of this process: no root, no node name (so no epmd), a spool of its own under the system's
 * temporary folder. The system's own ejabberd, if one runs, is not touched: they share program files and nothing else.
 */
export function localEngine({ erl, libraries }: Installation, options: EngineOptions): Engine {
  // First of all, as it throws for settings that cannot be: there is nothing to clean up yet.
  const text = options.configurationFor({});
  const spool = mkdtempSync(join(tmpdir(), 'thingstead-ejabberd-'));
  const file = join(spool, 'ejabberd.yml');
  const console = join(spool, 'console.log');
  writeFileSync(file, text, { mode: 0o600 });
  const resolver = join(spool, 'inetrc');
  if (options.nameServer !== undefined) writeFileSync(resolver, inetrc(options.nameServer));
  let child: ChildProcess | undefined;

  return {
    async start() {
      const args = ['-noshell', '-mnesia', 'dir', JSON.stringify(join(spool, 'db')), '-eval', HALT_WITH_PARENT];
      child = await launch(erl, [...args, '-s', 'ejabberd'], console, {
        cwd: spool,
        env: {
          ...process.env,
          EJABBERD_CONFIG_PATH: file,
          EJABBERD_LOG_PATH: join(spool, 'ejabberd.log'),
          ERL_LIBS: libraries,
          ERL_CRASH_DUMP_SECONDS: '0',
          THINGSTEAD_SPOOL: spool,
          ...(options.nameServer !== undefined && { ERL_INETRC: resolver }),
        },
      });
    },
    running: async () => child !== undefined && alive(child),
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    pause: async () => void child?.kill('SIGSTOP'),
    resume: async () => void child?.kill('SIGCONT'),
    logs: async () => (existsSync(console) ? readFileSync(console, 'utf8') : ''),
    remove: async () => rmSync(spool, { recursive: true, force: true }),
  };
}

// We hold the other end of its standard input and never write to it. When we are gone, however we went, the emulator
// reads the end of it, removes its spool and halts: no signal handler of ours could do that after a SIGKILL.
const HALT_WITH_PARENT = `spawn(fun() ->
  eof = io:get_line(""),
  file:del_dir_r(os:getenv("THINGSTEAD_SPOOL")),
  erlang:halt(0, [{flush, false}])
end)`;
