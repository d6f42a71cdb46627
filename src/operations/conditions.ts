import { finiteNumber } from '../domain/decimal.js';
import type { Bound, Comparison, Criterion } from '../domain/search.js';
import { faultText } from '../domain/tag-text.js';
import { KEY, LIMITS, stringValue, tagName } from '../domain/tags.js';
import { type Field, lines, quoted, type Read } from './field.js';
import { mentionsKey, sentence } from './tag-lines.js';

/**
 * The little language of conditions: a name, after a hash sign where the tag is a number, then one of these, then a value.
 * With it goes all that XEP-0347 section 3.15 has:
 *
 *     NAME=value    equal                  strEq      #NAME=1      numEq
 *     NAME!=value   not equal              strNEq     #NAME!=1     numNEq
 *     NAME>value    after, or greater      strGt      #NAME>1      numGt
 *     NAME>=value                          strGtEq    #NAME>=1     numGtEq
 *     NAME<value    before, or less        strLt      #NAME<1      numLt
 *     NAME<=value                          strLtEq    #NAME<=1     numLtEq
 *     NAME=a..b     from a to b            strRange   #NAME=1..2   numRange
 *     NAME!=a..b    not from a to b        strNRange  #NAME!=1..2  numNRange
 *     NAME~ab*yz    with anything for *    strMask
 *
 * A range is with its ends; `<..` leaves out the first, `..<` the last, `<..<` both. A text that itself holds two dots
 * is compared by `~`, one that itself holds an asterisk by `=`.
 */
const OPERATORS: Readonly<Record<string, Comparison | 'Mask'>> = {
  '!=': 'NEq',
  '>=': 'GtEq',
  '<=': 'LtEq',
  '=': 'Eq',
  '>': 'Gt',
  '<': 'Lt',
  '~': 'Mask',
};
/** The operators of ranges, by those of single values. */
const RANGES = { Eq: 'Range', NEq: 'NRange' } as const;

/** What a condition looks like, for people. */
export const CONDITION_LINES =
  'A condition a line, such as MAN=www.ktc.se, MODEL!=IMC, SN~3948* (* is anything), #LAT>=59.1 or #LAT=59..60; texts as they are written, numbers after #; also >, <, <=, and <.. or ..< for a range without its first or last.';
/** What anything is written as in a mask. */
const WILDCARD = '*';
const LINE = /^(#?)([^=!<>~]*)(!=|>=|<=|=|>|<|~)(.*)$/su;
const RANGE = /^(.*?)(<?)\.\.(<?)(.*)$/su;
const NO_SEARCH_FOR_KEY = 'KEY cannot be searched for: it is known to the Thing and its owner alone.';

/** Conditions of a search, a line each; all of them have to hold. */
export function conditionLines(shown: Pick<Field<unknown>, 'label' | 'description'>): Field<readonly Criterion[]> {
  return { ...lines(shown, readLines), mayShow: (line) => !mentionsKey(line) };
}

/** What a value of a tag has to be like, where `*` stands for anything. */
export function likeText(name: string, written: string): Read<Criterion> {
  return written.includes(WILDCARD) ? maskOf(name, written) : textOf(name, 'Eq', written);
}

function readLines(all: readonly string[]): Read<readonly Criterion[]> {
  const criteria: Criterion[] = [];
  for (const line of all) {
    const read = readCondition(line);
    if (!read.ok) return mentionsKey(line) ? { ok: false, fault: NO_SEARCH_FOR_KEY } : read;
    criteria.push(read.value);
  }
  return { ok: true, value: criteria };
}

/** Reads one line. */
export function readCondition(line: string): Read<Criterion> {
  const [, hash, written = '', sign = '', rest = ''] = LINE.exec(line.trim()) ?? [];
  const operator = OPERATORS[sign];
  if (operator === undefined) return { ok: false, fault: `${quoted(line)} is no condition. ${CONDITION_LINES}` };
  const name = tagName(written.trim());
  if (typeof name !== 'string') return { ok: false, fault: sentence(faultText(name, { name: written, value: '' })) };
  if (name === KEY) return { ok: false, fault: NO_SEARCH_FOR_KEY };
  const operand = rest.trim();
  if (operator === 'Mask') {
    if (hash === '') return maskOf(name, operand);
    return { ok: false, fault: `#${name}: a number is not compared by "~"; use a range, such as #${name}=1..2.` };
  }
  const range = operator === 'Eq' || operator === 'NEq' ? RANGE.exec(operand) : null;
  if (range !== null && (operator === 'Eq' || operator === 'NEq')) return rangeOf(name, hash, RANGES[operator], range);
  return hash === '' ? textOf(name, operator, operand) : numberOf(name, operator, operand);
}

function textOf(name: string, operator: Comparison, written: string): Read<Criterion> {
  const read = readText(name, written);
  return read.ok ? { ok: true, value: { name, kind: 'str', operator, value: read.value } } : read;
}

function numberOf(name: string, operator: Comparison, written: string): Read<Criterion> {
  const read = readNumber(name, written);
  return read.ok ? { ok: true, value: { name, kind: 'num', operator, value: read.value } } : read;
}

function rangeOf(
  name: string,
  hash: string | undefined,
  operator: 'Range' | 'NRange',
  [, min = '', afterMin, beforeMax, max = '']: readonly string[],
): Read<Criterion> {
  const ends = { afterMin: afterMin === '<', beforeMax: beforeMax === '<', min: min.trim(), max: max.trim() };
  if (hash === '') {
    const read = bounds(ends, (written) => readText(name, written));
    return read.ok ? { ok: true, value: { name, kind: 'str', operator, ...read.value } } : read;
  }
  const read = bounds(ends, (written) => readNumber(name, written));
  return read.ok ? { ok: true, value: { name, kind: 'num', operator, ...read.value } } : read;
}

interface Ends {
  readonly min: string;
  readonly max: string;
  readonly afterMin: boolean;
  readonly beforeMax: boolean;
}

function bounds<V>(
  { min, max, afterMin, beforeMax }: Ends,
  read: (written: string) => Read<V>,
): Read<{ readonly min: Bound<V>; readonly max: Bound<V> }> {
  const [first, last] = [read(min), read(max)];
  if (!first.ok) return first;
  if (!last.ok) return last;
  const value = {
    min: { value: first.value, included: !afterMin },
    max: { value: last.value, included: !beforeMax },
  };
  return { ok: true, value };
}

/** Wildcards side by side mean what one means. */
function maskOf(name: string, written: string): Read<Criterion> {
  const read = readText(name, written);
  if (!read.ok) return read;
  const [head = '', ...rest] = read.value.split(WILDCARD);
  const tail = rest.pop();
  const parts = tail === undefined ? [head] : [head, ...rest.filter((part) => part !== ''), tail];
  return { ok: true, value: { name, kind: 'str', operator: 'Mask', parts } };
}

function readText(name: string, written: string): Read<string> {
  const value = stringValue(written);
  if (typeof value === 'string') return { ok: true, value };
  return {
    ok: false,
    fault: `The value ${quoted(written)} of ${name} is longer than ${LIMITS.valueLength} characters.`,
  };
}

function readNumber(name: string, written: string): Read<number> {
  const value = finiteNumber(written);
  if (value !== undefined) return { ok: true, value };
  return { ok: false, fault: `${quoted(written)} is no number; #${name} is compared with numbers.` };
}
