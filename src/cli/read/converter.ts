import type { Reading } from '../../client/index.js';
import type { Units } from '../../domain/units.js';

/** Turns readings into another unit. What cannot be turned is told of once for each field and unit, and left out. */
export interface Converter {
  convert(reading: Reading): Reading | undefined;
  /** Whether everything could be turned so far. */
  readonly complete: boolean;
}

export function createConverter(units: Units, to: string, complain: (words: string) => void): Converter {
  const told = new Set<string>();
  return {
    convert(reading) {
      const { name, type, value, unit } = reading;
      const converted = type === 'numeric' ? units.convert(value, unit, to) : { refused: `it is no number (${type})` };
      if ('value' in converted) return { ...reading, value: converted.value, unit: to };
      const series = `${name}\n${unit}`;
      if (!told.has(series)) complain(`${name} is left out: ${converted.refused}`);
      told.add(series);
      return undefined;
    },
    get complete() {
      return told.size === 0;
    },
  };
}
