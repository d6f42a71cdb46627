import { type Fields, type Input, quoted, type Read, type Reading } from './field.js';
import type { Faults } from './outcome.js';

/** Values by the names of fields, as they were written. What is not here was not given. */
export type Given = ReadonlyMap<string, readonly string[]>;

/** How much may be given for one field, in characters; fields bound theirs further. */
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
    const isMultiple = field.type === 'list-multi' || field.type === 'text-multi';
    const read = faultOf(values, isMultiple, field.isRequired) ?? field.read(values, reading);
    if (read.ok) input[name] = read.value;
    else faults.set(name, read.fault);
  }
  return faults.size > 0 ? { faults } : { input: whole<F>(input) };
}

/**
 * What is worth keeping of what was given, to be shown again or run later: all of it where it is right, and where it is
 * not no more than could be.
 */
export function keepable(fields: Readonly<Record<string, unknown>>, given: Given): Given {
  const kept = Object.keys(fields).flatMap((name): [string, readonly string[]][] => {
    const values = given.get(name);
    return values === undefined ? [] : [[name, bounded(values)]];
  });
  return new Map(kept);
}

function bounded(values: readonly string[]): readonly string[] {
  let left = LONGEST;
  return values
    .filter((value) => value.trim() !== '')
    .filter((value) => {
      left -= value.length;
      return left >= 0;
    });
}

function faultOf(values: readonly string[], isMultiple: boolean, isRequired: boolean): Read<never> | undefined {
  const [first] = values;
  if (first === undefined) return isRequired ? { ok: false, fault: 'This has to be given.' } : undefined;
  const most = isMultiple ? MOST : 1;
  if (values.length > most) return { ok: false, fault: `${values.length} values are given; at most ${most} is taken.` };
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length <= LONGEST) return undefined;
  return { ok: false, fault: `${quoted(first)} is too long; it may have at most ${LONGEST} characters.` };
}

/** Every field has been read, each by its own reader: what was gathered by name is the input. */
function whole<F extends Fields>(input: Record<string, unknown>): Input<F> {
  return input as Input<F>;
}
