import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../scripts/server/free-port.js';
import { type Program, startProgram } from './program.js';

export interface Mosquitto extends Program {
  readonly port: number;
}

/**
 * Starts a broker that keeps all that its subscriber has not taken yet: with Debian's own settings it would drop what is
 * more than a thousand messages, and less would be stored than was acknowledged.
 */
export async function startMosquitto(program: string, folder: string): Promise<Mosquitto> {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const settings = ['allow_anonymous true', 'max_queued_messages 0', 'max_inflight_messages 0', 'log_type error'];
  writeFileSync(file, [`listener ${port} 127.0.0.1`, ...settings, ''].join('\n'));
  const started = await startProgram(program, ['-c', file], join(folder, 'mosquitto.log'), () => isOpen(port));
  return { ...started, port };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
