import { readFileSync } from 'node:fs';
import { replaceOnce } from '../server/replace-once.js';

/** What one Prosody started here has of its own; all else is as `contrib/prosody.cfg.lua` says. */
export interface ProsodySettings {
  /** The component's domain: a name under `localhost`. */
  readonly domain: string;
  readonly secret: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  /** The folder for accounts and rosters. */
  readonly data: string;
}

const FILE = 'contrib/prosody.cfg.lua';
const SHIPPED_DOMAIN = 'things.localhost';

/**
 * The shipped configuration with the values of its locals replaced.
 *
 * @param file the path of `contrib/prosody.cfg.lua`
 */
export function configuration(file: string, settings: ProsodySettings): string {
  const locals: Readonly<Record<string, string | number>> = {
    client_port: settings.c2sPort,
    websocket_port: settings.wsPort,
    component_port: settings.componentPort,
    secret: settings.secret,
  };
  let text = readFileSync(file, 'utf8').replaceAll(SHIPPED_DOMAIN, settings.domain);
  for (const [name, value] of Object.entries(locals))
    text = replaceOnce(FILE, text, new RegExp(`^local ${name} = .*$`, 'gm'), `local ${name} = ${lua(value)}`);
  // At the top, as what follows `Component` is the component's alone.
  return `data_path = ${lua(settings.data)}\n${text}`;
}

/** A literal of Lua, of which each byte of a string may be written as a number. */
function lua(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const bytes = [...Buffer.from(value, 'utf8')].map((byte) => `\\${String(byte).padStart(3, '0')}`);
  return `"${bytes.join('')}"`;
}
