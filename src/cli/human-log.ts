import type { Log } from '../xmpp/log.js';
import { shown } from './shown.js';

/** A log for someone who sits at a terminal: one line each, the time before it. */
export function humanLog(out: NodeJS.WritableStream, level: 'debug' | 'info' | 'warn'): Log {
  const line =
    (mark: string) =>
    (details: object, message: string): void => {
      const beside = Object.entries(details).map(([name, value]) => `${name}: ${textOf(value)}`);
      const text = `${message}${beside.length === 0 ? '' : ` (${beside.join(', ')})`}`;
      out.write(`${clock()} ${mark}${shown(text)}\n`);
    };
  const nothing = (): void => undefined;
  return {
    debug: level === 'debug' ? line('') : nothing,
    info: level === 'warn' ? nothing : line(''),
    warn: line('warning: '),
    error: line('error: '),
  };
}

/** The time of day, as on the wall. */
export function clock(now: Date = new Date()): string {
  return now.toTimeString().slice(0, 8);
}

function textOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
