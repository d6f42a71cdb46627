import { convertFields } from '../domain/read-out/convert-fields.js';
import type { Reading } from '../domain/reading.js';
import type { Units } from '../domain/units.js';
import { type Field, optional, quoted, text } from './field.js';
import type { Faults } from './outcome.js';

/** The unit in which values are wanted. */
export const UNIT: Field<string | undefined> = optional(
  text(
    { label: 'Unit', description: 'Numbers in this unit, such as °F or kWh, where they can be; empty: as reported.' },
    (value) => ({ ok: true, value }),
  ),
);

/** What is wrong with a unit that is none; undefined: nothing. */
export function unitFaults({ unit }: { readonly unit: string | undefined }, units: Units): Faults | undefined {
  const understood = unit === undefined ? undefined : units.code(unit);
  return understood !== undefined && 'refused' in understood ? new Map([['unit', understood.refused]]) : undefined;
}

/** Series that are named in one warning. */
const MOST_NAMED = 5;

/**
 * Gives readings in a unit, exactly. Those that cannot be are given as they were reported; a warning says which, but for
 * those that have no unit and were not asked for by name.
 */
export function inUnit(
  readings: readonly Reading[],
  unit: string | undefined,
  names: ReadonlySet<string>,
  units: Units,
): { readonly readings: readonly Reading[]; readonly warnings: readonly string[] } {
  if (unit === undefined) return { readings, warnings: [] };
  const left = new Set<string>();
  const converted = readings.map((reading) => {
    const [field] = convertFields([reading], [{ name: reading.name, unit }], units).fields;
    if (field !== undefined) return { ...reading, ...field };
    if (reading.unit !== '') left.add(`${quoted(reading.name)} (${reading.unit})`);
    else if (names.has(reading.name)) left.add(`${quoted(reading.name)} (without a unit)`);
    return reading;
  });
  return { readings: converted, warnings: left.size === 0 ? [] : [warningOf([...left], unit)] };
}

function warningOf(left: readonly string[], unit: string): string {
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return `These cannot be given in ${unit}, and are as they were reported: ${left.slice(0, MOST_NAMED).join(', ')}${more}.`;
}
