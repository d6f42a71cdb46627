import type { Reading } from '../domain/reading.js';
import type { ClaimedThing } from '../domain/thing.js';
import { labelOf } from './which-thing.js';

/** Of a table, what a note tells. */
const MOST = 5;

/** `2 Things: Cellar (cellar@example.org), k3v7q2xn4a; Attic (attic@example.org), b4h2...`: some clients show notes alone. */
export function thingsInShort(things: readonly ClaimedThing[]): string {
  const count = things.length === 1 ? 'One Thing' : `${things.length} Things`;
  return inShort(
    count,
    things.map((thing) => `${labelOf(thing)}, ${thing.ownership.id}`),
  );
}

/** `2 values: Temperature = 12.50 Cel; Humidity = 40 %.` */
export function readingsInShort(readings: readonly Reading[]): string {
  const count = readings.length === 1 ? 'One value' : `${readings.length} values`;
  return inShort(
    count,
    readings.map(({ name, value, unit }) => `${name} = ${[value, unit].join(' ').trim()}`),
  );
}

function inShort(count: string, items: readonly string[]): string {
  const more = items.length > MOST ? [`${items.length - MOST} more`] : [];
  return `${count}: ${[...items.slice(0, MOST), ...more].join('; ')}.`;
}
