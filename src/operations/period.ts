import { PERIOD } from '../domain/recording/recording.js';
import { quoted, type Read } from './field.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How people write units of time, and how we do: the first of each. */
const UNITS: readonly { readonly names: readonly string[]; readonly ms: number }[] = [
  { names: ['d', 'day', 'days'], ms: DAY },
  { names: ['h', 'hour', 'hours'], ms: HOUR },
  { names: ['m', 'min', 'minute', 'minutes'], ms: MINUTE },
  { names: ['s', 'sec', 'second', 'seconds'], ms: SECOND },
];

/** The text of no period at all. */
export const OFF = 'off';

/** Reads `30s`, `10 min`, `6 hours`, `1d`, or `off` (also `0`). @returns ms. */
export function readPeriod(text: string): Read<number | typeof OFF> {
  const [, digits = '', name = ''] = /^(\d{1,9})\s*([a-z]*)$/i.exec(text) ?? [];
  if (text.toLowerCase() === OFF || (digits !== '' && Number(digits) === 0)) return { ok: true, value: OFF };
  const unit = UNITS.find(({ names }) => names.includes(name.toLowerCase()));
  if (unit === undefined)
    return { ok: false, fault: `${quoted(text)} is no period; use one like 30s, 10m, 6h or off.` };
  const ms = Number(digits) * unit.ms;
  if (ms >= PERIOD.least && ms <= PERIOD.most) return { ok: true, value: ms };
  const [least, most] = [periodText(PERIOD.least), periodText(PERIOD.most)];
  return { ok: false, fault: `${quoted(text)} will not do; use a period from ${least} to ${most}, or off.` };
}

/** Writes a period in the largest unit that it is a whole number of. */
export function periodText(ms: number): string {
  const unit = UNITS.find((each) => ms % each.ms === 0);
  return unit === undefined ? `${ms / SECOND}s` : `${ms / unit.ms}${unit.names[0]}`;
}
