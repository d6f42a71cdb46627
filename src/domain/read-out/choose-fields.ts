import type { Field, FieldType, Reading } from '../reading.js';
import type { TimeZone } from '../time-zone.js';
import { historicalTypes } from './shifts.js';
import { HISTORICAL, type TypesAsked } from './types-asked.js';

/** What of a device's answer is for the asker. */
export interface Choice extends TypesAsked {
  /** Names of fields; empty: all. */
  readonly names: ReadonlySet<string>;
}

const MOMENTARY: ReadonlySet<FieldType> = new Set<FieldType>(['momentary']);

/**
 * Chooses what is passed on of what a device has just sent: by type (the union of those asked of the device) and by
 * name, since devices need not filter. History comes from the store where it is asked for, and not twice; what is momentary
 * too is passed on, for by now the store may have told all that it had.
 *
 * A field without any type, as some devices send them, counts as momentary, and is passed on as such: readers filter too.
 */
export function chooseLive(fields: readonly Field[], { ofDevice, ofStore, names }: Choice): Field[] {
  const asksHistory = intersects(ofStore, HISTORICAL);
  return fields.map(withType).filter(({ name, fieldTypes }) => {
    if (names.size > 0 && !names.has(name)) return false;
    if (asksHistory && intersects(fieldTypes, HISTORICAL) && !fieldTypes.has('momentary')) return false;
    return intersects(fieldTypes, ofDevice);
  });
}

/**
 * A stored reading as history: its own types less `momentary`, and those that its time earns (DESIGN section 4, "Flags
 * of history"). Undefined where that is not what was asked for.
 */
export function chooseStored(reading: Reading, { ofStore, names }: Choice, zone: TimeZone): Reading | undefined {
  if (names.size > 0 && !names.has(reading.name)) return undefined;
  const fieldTypes = new Set([...reading.fieldTypes, ...historicalTypes(reading.at.ms, zone)]);
  fieldTypes.delete('momentary');
  return intersects(fieldTypes, ofStore) ? { ...reading, fieldTypes } : undefined;
}

function withType(field: Field): Field {
  return field.fieldTypes.size > 0 ? field : { ...field, fieldTypes: MOMENTARY };
}

function intersects<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  for (const item of a) if (b.has(item)) return true;
  return false;
}
