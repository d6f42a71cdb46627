import { spawn } from 'node:child_process';

/** Tells systemd how the service does (sd_notify(3)); where no systemd asks to be told, nobody. */
export interface ServiceManager {
  /**
   * It has been started; from now on the watchdog is told that it lives, too, whenever `isAlive` has settled: a process
   * whose store never answers does not live, and one whose disk is full does.
   */
  ready(isAlive: () => Promise<unknown>): void;
  stopping(): void;
}

/** systemd expects the socket and the times in these. */
type Environment = Readonly<Partial<Record<'NOTIFY_SOCKET' | 'WATCHDOG_USEC' | 'PATH', string>>>;

/**
 * Node has no datagram sockets of the file system, and a native module for a few words a minute would have to be compiled:
 * systemd's own command says them, which the unit allows by `NotifyAccess=all`. A process that hangs says nothing.
 *
 * @param onFault told, in words, why that failed.
 */
export function createServiceManager(
  { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdogUs, PATH }: Environment,
  onFault: (words: string) => void,
): ServiceManager {
  if (socket === undefined || socket === '') return { ready: () => undefined, stopping: () => undefined };
  const tell = (...words: string[]): void => {
    const told = spawn('systemd-notify', words, { stdio: 'ignore', env: { NOTIFY_SOCKET: socket, PATH } });
    told.once('error', (error) => onFault(`systemd-notify ${words.join(' ')}: ${error.message}`));
    told.unref();
  };
  let alive: NodeJS.Timeout | undefined;
  return {
    ready(isAlive) {
      tell('--ready', '--status=started');
      const everyMs = Number(watchdogUs) / 2000;
      if (everyMs > 0) alive = setInterval(() => void isAlive().finally(() => tell('WATCHDOG=1')), everyMs).unref();
    },
    stopping() {
      clearInterval(alive);
      tell('STOPPING=1', '--status=stopping');
    },
  };
}
