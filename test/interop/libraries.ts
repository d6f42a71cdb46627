import { fileURLToPath } from 'node:url';
import { PYTHON } from './slixmpp/account.js';

/** A library of others, and our program that uses it. */
export interface Library {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** What succeeds exactly where the library is installed. */
  readonly probe: readonly [program: string, ...args: string[]];
  readonly overWebSocket: boolean;
}

const NODE = process.execPath;
const XMPP_JS = script('xmppjs/account.mjs');
// Node 20 has WebSocket behind a flag, which later ones take as well; xmpp.js brings none of its own any more.
const WITH_WEB_SOCKET = '--experimental-websocket';

export const SLIXMPP: Library = {
  name: 'slixmpp (Python)',
  command: [PYTHON, script('slixmpp/things.py')],
  probe: [PYTHON, '-c', 'import slixmpp'],
  overWebSocket: false,
};

export const LIBRARIES: readonly Library[] = [
  SLIXMPP,
  {
    name: 'xmpp.js (JavaScript) over TCP',
    command: [NODE, XMPP_JS],
    probe: [NODE, XMPP_JS, '--probe'],
    overWebSocket: false,
  },
  {
    name: 'xmpp.js (JavaScript) over WebSocket',
    command: [NODE, WITH_WEB_SOCKET, XMPP_JS],
    probe: [NODE, WITH_WEB_SOCKET, XMPP_JS, '--probe'],
    overWebSocket: true,
  },
  {
    name: 'xmpp4r (Ruby)',
    command: ['ruby', '-W0', script('xmpp4r/account.rb')],
    probe: ['ruby', '-W0', '-e', 'require "xmpp4r"'],
    overWebSocket: false,
  },
  {
    name: 'aioxmpp (Python)',
    command: [PYTHON, '-W', 'ignore', script('aioxmpp/account.py')],
    probe: [PYTHON, '-W', 'ignore', '-c', 'import aioxmpp'],
    overWebSocket: false,
  },
];

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
