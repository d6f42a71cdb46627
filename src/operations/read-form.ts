import { type FieldDescription, type Fields, type Input, quoted, type Read, type Reading } from './field.js';
import type { Faults } from './outcome.js';

/** Values by the names of fields, as they were written. What is not here was not given. */
export type Given = ReadonlyMap<string, readonly string[]>;

/** How much may be given for one field, in characters, where it says nothing else; fields bound theirs further. */
const LONGEST = 4096;
/** The most values of one field. */
const MOST = 100;

/**
 * Reads what was given for the fields of a form, and all that is wrong with it. Fields that there are not are passed
 * over (XEP-0004 section 3.1); one that is left out keeps what it holds at present (section 3.5); an empty value is none.
 *
 * @param present what the fields hold now; where it says nothing, what they usually hold.
 */
export function readForm<F extends Fields>(
  fields: F,
  given: Given,
  present: Given,
  reading: Reading,
): { readonly input: Input<F> } | { readonly faults: Faults } {
  const faults = new Map<string, string>();
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const written = given.get(name) ?? present.get(name) ?? field.initial ?? [];
    const values = written.filter((value) => value.trim() !== '');
    const read = faultOf(values, field, present.get(name)) ?? field.read(values, reading);
    if (read.ok) input[name] = read.value;
    else faults.set(name, read.fault);
  }
  return faults.size > 0 ? { faults } : { input: whole<F>(input) };
}

/**
 * What is worth keeping of what was given, to be run later: all of it where it is right, and where it is not no more
 * than could be.
 */
export function keepable(fields: Descriptions, given: Given): Given {
  const kept = Object.entries(fields).flatMap(([name, field]): [string, readonly string[]][] => {
    const values = given.get(name);
    return values === undefined || givesKeyAway(values, field) ? [] : [[name, bounded(values, field.longest)]];
  });
  return new Map(kept);
}

/**
 * What may be shown again of what was given, and the names of the fields of which something is withheld: what may be a
 * secret has to be entered anew.
 */
export function showable(
  fields: Descriptions,
  given: Given,
): { readonly shown: Given; readonly withheld: readonly string[] } {
  const shown = new Map<string, readonly string[]>();
  const withheld: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const values = given.get(name);
    if (values === undefined) continue;
    const left = givesKeyAway(values, field) ? [] : values.filter((value) => isShowable(field, value));
    if (left.length < values.length) withheld.push(name);
    if (!field.isSecret) shown.set(name, left);
  }
  return { shown, withheld };
}

type Descriptions = Readonly<Record<string, FieldDescription>>;

function bounded(values: readonly string[], longest = LONGEST): readonly string[] {
  let left = longest;
  return values
    .filter((value) => value.trim() !== '')
    .filter((value) => {
      left -= value.length;
      return left >= 0;
    });
}

function isShowable({ isSecret, mayShow }: FieldDescription, value: string): boolean {
  return isSecret !== true && mayShow?.(value) !== false;
}

function faultOf(
  values: readonly string[],
  field: FieldDescription,
  present: readonly string[] = [],
): Read<never> | undefined {
  const { type, isRequired, longest = LONGEST } = field;
  if (givesKeyAway(values, field)) return { ok: false, fault: A_KEY };
  const [first] = values;
  if (first === undefined) return isRequired ? { ok: false, fault: 'This has to be given.' } : undefined;
  const most = type === 'list-multi' || type === 'text-multi' ? MOST : 1;
  if (values.length > most) return { ok: false, fault: `${values.length} values are given; at most ${most} is taken.` };
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length <= longest) return hidesWords(values, field, present) ? { ok: false, fault: HIDDEN } : undefined;
  const shown = isShowable(field, first) ? quoted(first) : 'This';
  return { ok: false, fault: `${shown} is too long; it may have at most ${longest} characters.` };
}

/** Whether the text of a QR code was pasted into a field that is not for it: then nothing of it is kept, shown or quoted. */
function givesKeyAway(values: readonly string[], { isSecret }: FieldDescription): boolean {
  // In the form in which addresses are compared: `；ｋｅｙ：` is read as `;key:`.
  return isSecret !== true && OF_KEY.test(values.join('\n').normalize('NFKC'));
}

const OF_KEY = /^\s*iotdisco\s*[;:]|;\s*#?\s*key\s*[:=]/imu;
const A_KEY =
  'This looks like the text of a QR code, which holds a KEY and belongs into its own field of the operation claim alone.';

/**
 * Whether a text holds what turns others round or cannot be seen. One that names, to the character, what others have named
 * may: an option of a list, a secret, and what the form itself has shown.
 */
function hidesWords(
  values: readonly string[],
  { type, isSecret, isExact }: FieldDescription,
  present: readonly string[],
): boolean {
  if (isSecret || isExact || type === 'list-single' || type === 'list-multi') return false;
  return values.some((value) => UNSEEN.test(value) && !present.includes(value));
}

/** Control characters but for white space, and those that embed, override or isolate a direction (UAX #9 section 2). */
const UNSEEN = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
const HIDDEN =
  'It holds a control character, or one that changes the direction of text, which nobody would see; write it without.';

/** Every field has been read, each by its own reader: what was gathered by name is the input. */
function whole<F extends Fields>(input: Record<string, unknown>): Input<F> {
  return input as Input<F>;
}
