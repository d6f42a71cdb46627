import type { Reading } from '../domain/reading.js';
import type { ClaimedThing } from '../domain/thing.js';
import { labelOf } from './which-thing.js';

/** Of a table, what a note tells. */
const MOST = 5;
/** Characters of a name or value in a note. */
const LONGEST = 100;

/** `2 Things: Cellar (cellar@example.org), k3v7q2xn4a; Attic (attic@example.org), b4h2...`: some clients show notes alone. */
export function thingsInShort(things: readonly ClaimedThing[]): string {
  const count = things.length === 1 ? 'One Thing' : `${things.length} Things`;
  return inShort(
    count,
    things.slice(0, MOST).map((thing) => `${cut(labelOf(thing))}, ${thing.ownership.id}`),
    things.length,
  );
}

/** `2 values: Temperature = 12.50 Cel; Humidity = 40 %.` */
export function readingsInShort(readings: readonly Reading[]): string {
  const count = readings.length === 1 ? 'One value' : `${readings.length} values`;
  return inShort(
    count,
    readings.slice(0, MOST).map(({ name, value, unit }) => `${cut(name)} = ${cut(`${value} ${unit}`.trim())}`),
    readings.length,
  );
}

function inShort(count: string, items: readonly string[], total: number): string {
  const more = total > MOST ? [`${total - MOST} more`] : [];
  return `${count}: ${[...items, ...more].join('; ')}.`;
}

/** The table has it whole. */
function cut(text: string): string {
  const [...characters] = text;
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}...` : text;
}
