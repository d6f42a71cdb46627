import type { ValueType } from '../../domain/reading.js';
import { collapse } from '../../xmpp/reader.js';
import { LIMITS } from './limits.js';
import { isDate, isDateTime, isDuration, isTime } from './time.js';

interface ValueRule {
  /** Whether it may be as long as texts are; all others are short. */
  readonly isText?: true;
  /** Whether a text, without the white space around it, is a value of the type. */
  readonly fits: (text: string) => boolean;
  /** For error texts: what a value of the type looks like. */
  readonly example: string;
}

/**
 * What each type takes: the lexical spaces of XML Schema part 2, as the schema of XEP-0323 names them. INF and NaN are
 * no measurements and are refused.
 */
export const VALUE_RULES: Readonly<Record<ValueType, ValueRule>> = {
  boolean: { fits: (text) => /^(true|false|1|0)$/.test(text), example: 'true or false' },
  date: { fits: isDate, example: 'a date like 2013-03-07' },
  dateTime: { fits: isDateTime, example: 'a date and time like 2013-03-07T16:24:30Z' },
  duration: { fits: isDuration, example: 'a duration like P1DT2H30M' },
  enum: { isText: true, fits: () => true, example: 'a text' },
  int: { fits: (text) => isInteger(text, 32n), example: 'a whole number of 32 bits' },
  long: { fits: (text) => isInteger(text, 64n), example: 'a whole number of 64 bits' },
  numeric: { fits: isNumber, example: 'a finite number like 23.4' },
  string: { isText: true, fits: () => true, example: 'a text' },
  time: { fits: isTime, example: 'a time like 16:24:30' },
};

/**
 * What is wrong with a value, in words that follow it; undefined where nothing is.
 *
 * @param text the longest value of a string or an enum
 */
export function faultOfValue(type: ValueType, value: string, text: number = LIMITS.text): string | undefined {
  const { isText, fits, example } = VALUE_RULES[type];
  const most = isText === true ? text : LIMITS.value;
  if (value.length > most) return `has ${value.length} characters; at most ${most} are taken`;
  return fits(collapse(value)) ? undefined : `is no ${type}; use ${example}`;
}

function isInteger(text: string, bits: bigint): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const half = 1n << (bits - 1n);
  return value >= -half && value < half;
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}
