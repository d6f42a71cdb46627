import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where package.json and ejabberd.yml are, seen from the source as well as from what was compiled of it. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'ejabberd.yml'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no ejabberd.yml in any folder above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
