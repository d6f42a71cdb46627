import { measuredBaseOf } from '../history/aggregate.js';
import type { Field } from '../reading.js';
import type { Units } from '../units.js';
import type { UnitAsked } from './request.js';

/** A field that cannot be had in the unit asked for, and why, in words. */
export interface Unconverted {
  readonly field: Field;
  readonly to: string;
  readonly why: string;
}

/**
 * Gives fields in the units that were asked for, exactly. What is worked out of a field (`Temperature, Max` of
 * `Temperature`) is given in the unit of that field, but for how many values there were. A field that cannot be converted
 * is left out, and said why.
 */
export function convertFields(
  fields: readonly Field[],
  asked: readonly UnitAsked[],
  units: Units,
): { readonly fields: readonly Field[]; readonly refused: readonly Unconverted[] } {
  if (asked.length === 0) return { fields, refused: [] };
  const refused: Unconverted[] = [];
  const converted = fields.flatMap((field) => {
    const to = unitFor(field, asked);
    if (to === undefined) return [field];
    const result = units.convert(field.value, field.unit, to);
    if ('value' in result) return [{ ...field, value: result.value, unit: to }];
    refused.push({ field, to, why: result.refused });
    return [];
  });
  return { fields: converted, refused };
}

function unitFor(field: Field, asked: readonly UnitAsked[]): string | undefined {
  const named = asked.find(({ name }) => name === field.name);
  if (named !== undefined) return named.unit;
  const isWorkedOut = field.fieldTypes.has('peak') || field.fieldTypes.has('computed');
  const base = isWorkedOut ? measuredBaseOf(field.name) : undefined;
  return asked.find(({ name }) => name === base)?.unit;
}
