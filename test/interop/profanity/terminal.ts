import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../../integration/harness/until.js';

/** A program in a terminal of its own, for a person who types and looks. */
export interface Terminal {
  /** What is to be seen now. */
  screen(): string;
  /** Types a line, and Enter. */
  type(line: string): void;
  /** Waits until something is to be seen. @returns the screen. */
  see(what: string | RegExp, timeout?: number): Promise<string>;
  close(): void;
}

/**
 * Starts a program in tmux.
 *
 * @param folder an empty one, for its home and the socket of the terminal.
 */
export function openTerminal(folder: string, program: string): Terminal {
  const environment = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm', TMUX_TMPDIR: folder };
  const tmux = (...args: string[]): string => {
    const all = ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args];
    return execFileSync('tmux', all, { env: environment, encoding: 'utf8' });
  };
  tmux('new-session', '-d', '-x', '160', '-y', '60', program);
  const screen = () => tmux('capture-pane', '-p');
  return {
    screen,
    type(line) {
      tmux('send-keys', '-l', line);
      tmux('send-keys', 'Enter');
    },
    async see(what, timeout = 10_000) {
      let seen = '';
      const found = () => {
        seen = screen();
        return typeof what === 'string' ? seen.includes(what) : what.test(seen);
      };
      await until(found, String(what), timeout).catch(() => {
        throw new Error(`${what} is not to be seen:\n${seen.replace(/\n\n+/g, '\n')}`);
      });
      return seen;
    },
    close: () => void tmux('kill-server'),
  };
}
