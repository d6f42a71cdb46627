import { once } from 'node:events';
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Where an export goes: no faster than it is taken. */
export interface Output {
  /** Resolves when more can be taken. */
  write(text: string): Promise<void>;
  /** All has been written; a file gets its name now. */
  finish(): Promise<void>;
  /** It will not be whole: a file is not left behind. */
  abandon(): Promise<void>;
}

/** Standard output or, where a path is given, a file that only its owner can read. */
export function openOutput(path: string | undefined): Output {
  return path === undefined ? standardOutput() : fileOutput(path);
}

function standardOutput(): Output {
  const { stdout } = process;
  return {
    async write(text) {
      if (!stdout.write(text)) await once(stdout, 'drain');
    },
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}

function fileOutput(path: string): Output {
  const fresh = `${path}.${process.pid}.part`;
  const stream = createWriteStream(fresh, { mode: 0o600, flags: 'wx' });
  let fault: Error | undefined;
  stream.on('error', (error) => {
    fault = error;
  });
  return {
    async write(text) {
      if (fault !== undefined) throw fault;
      if (!stream.write(text)) await once(stream, 'drain');
    },
    async finish() {
      stream.end();
      await finished(stream);
      renameSync(fresh, path);
    },
    async abandon() {
      stream.destroy();
      rmSync(fresh, { force: true });
    },
  };
}
