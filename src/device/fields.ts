import type { Field, FieldType, Quality, ValueType } from '../domain/reading.js';
import { faultOfValue } from '../xep/0323-sensor-data/value-types.js';

/** What may be said of a value beside itself. A value that says nothing is momentary and read out automatically. */
export interface Flags {
  readonly types?: readonly FieldType[];
  readonly qualities?: readonly Quality[];
  readonly writable?: boolean;
  /** Localisation (XEP-0323 section 6.2). */
  readonly module?: string;
  readonly stringIds?: string;
}

/**
 * Makes the fields of a read-out (XEP-0323 section 5.4). A number given as text keeps its digits: `'10.00'` is not `10`.
 * Each throws a TypeError for a value that is none of its type, and for an empty name.
 *
 *     field.numeric('Temperature', '21.4', '°C')
 *     field.string('Firmware', '1.2.0', { types: ['identity'] })
 */
export const field = {
  numeric: (name: string, value: number | string, unit = '', flags: Flags = {}): Field =>
    make('numeric', name, String(value), flags, { unit }),
  int: (name: string, value: number | string, flags: Flags = {}): Field => make('int', name, String(value), flags),
  long: (name: string, value: number | bigint | string, flags: Flags = {}): Field =>
    make('long', name, String(value), flags),
  boolean: (name: string, value: boolean, flags: Flags = {}): Field => make('boolean', name, String(value), flags),
  string: (name: string, value: string, flags: Flags = {}): Field => make('string', name, value, flags),
  enumeration: (name: string, value: string, dataType: string, flags: Flags = {}): Field =>
    make('enum', name, value, flags, { dataType }),
  /** @param value `2026-11-21` */
  date: (name: string, value: string, flags: Flags = {}): Field => make('date', name, value, flags),
  dateTime: (name: string, value: Date | string, flags: Flags = {}): Field =>
    make('dateTime', name, typeof value === 'string' ? value : value.toISOString(), flags),
  /** @param value as XML Schema has it, `P1DT2H3M4S`, or in seconds */
  duration: (name: string, value: string | number, flags: Flags = {}): Field =>
    make('duration', name, typeof value === 'string' ? value : durationText(value), flags),
  /** @param value `13:45:00` */
  time: (name: string, value: string, flags: Flags = {}): Field => make('time', name, value, flags),
} as const;

function make(
  type: ValueType,
  name: string,
  value: string,
  { types = ['momentary'], qualities = ['automaticReadout'], ...rest }: Flags,
  { unit = '', dataType = '' }: { readonly unit?: string; readonly dataType?: string } = {},
): Field {
  const fault = name === '' ? 'has no name' : faultOfValue(type, value);
  if (fault !== undefined) throw new TypeError(`the field "${name}" with the value "${value}" ${fault}`);
  return { name, type, value, unit, dataType, fieldTypes: new Set(types), qualities: new Set(qualities), ...rest };
}

function durationText(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  return `${seconds < 0 ? '-' : ''}P${days}DT${hours}H${minutes}M${rest}S`;
}
