import { type Field, quoted, type Read, text } from './field.js';

/** A whole number; where `max` is the greatest that there is, its range has no end that people would see. */
export function wholeNumber(
  shown: Pick<Field<unknown>, 'label' | 'description'>,
  { min, max, initial }: { readonly min: number; readonly max: number; readonly initial: number },
): Field<number> {
  const isBounded = max < Number.MAX_SAFE_INTEGER;
  const read = (written: string): Read<number> => {
    const value = /^\d{1,16}$/.test(written) ? Number(written) : Number.NaN;
    if (value >= min && value <= max) return { ok: true, value };
    const range = isBounded ? `from ${min} to ${max}` : `of at least ${min}`;
    return { ok: false, fault: `${quoted(written)} will not do; use a whole number ${range}.` };
  };
  const range = { min, ...(isBounded && { max }) };
  return { ...text({ ...shown, initial: String(initial) }, read), datatype: 'xs:integer', range };
}
