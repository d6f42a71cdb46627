import type { Reading } from '../../src/domain/reading.js';
import { createChance } from './things.js';

export const START = Date.UTC(2016, 0, 1);
export const MINUTE = 60_000;
/** A reading is so many ms late at most: devices tell the time when they have measured. */
const MOST_LATE = 400;

/** What a device says at one time: of each of its fields a value, with one decimal. */
export interface Report {
  readonly thing: number;
  /** Milliseconds since 1970. */
  readonly ms: number;
  readonly values: readonly string[];
}

/** Minute by minute what each Thing reports, always the same: each value is a random walk in steps of half a unit at most. */
export function* reports(things: number, minutes: number, fields: number): Generator<Report, undefined> {
  const chance = createChance(3);
  const walks = Array.from({ length: things }, () => Array.from({ length: fields }, () => createWalk(chance)));
  for (let minute = 0; minute < minutes; minute++) {
    for (const [thing, ofThing] of walks.entries()) {
      yield { thing, ms: timeOf(minute, chance), values: ofThing.map((next) => next()) };
    }
  }
  return undefined;
}

export function timeOf(minute: number, chance: () => number): number {
  return START + minute * MINUTE + Math.floor(chance() * MOST_LATE);
}

export function createWalk(chance: () => number): () => string {
  let tenths = 215;
  return () => {
    tenths += Math.floor(chance() * 11) - 5;
    return (tenths / 10).toFixed(1);
  };
}

export function readingOf(ms: number, field: number, value: string): Reading {
  return {
    node: { nodeId: '', sourceId: '', cacheType: '' },
    at: { ms },
    name: `Field ${field}`,
    type: 'numeric',
    value,
    unit: '°C',
    dataType: '',
    fieldTypes: new Set(['momentary']),
    qualities: new Set(['automaticReadout']),
  };
}
