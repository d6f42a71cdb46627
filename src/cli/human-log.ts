import type { Log } from '../xmpp/log.js';

/** A log for someone who sits at a terminal: one line each, the time before it. */
export function humanLog(out: NodeJS.WritableStream, level: 'debug' | 'info' | 'warn'): Log {
  const line =
    (mark: string) =>
    (details: object, message: string): void => {
      const shown = Object.entries(details).map(([name, value]) => `${name}: ${textOf(value)}`);
      out.write(`${clock()} ${mark}${message}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}\n`);
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
