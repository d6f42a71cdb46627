import { momentText } from '../domain/date-time.js';
import { nameFor } from '../domain/read-out/part.js';
import { FIELD_TYPES, type NodeName, QUALITIES, type Reading } from '../domain/reading.js';
import type { ClaimedThing } from '../domain/thing.js';
import type { Table } from './outcome.js';

/** Readings in one table, at most. */
export const MOST_ROWS = 1000;
/** Characters in one table, at most, with what it takes to wrap a cell up: servers and clients bound the size of a stanza. */
const MOST_CHARACTERS = 1024 * 1024;
const A_CELL = 60;

const COLUMNS = [
  ['time', 'Time'],
  ['node', 'Node'],
  ['field', 'Field'],
  ['value', 'Value'],
  ['unit', 'Unit'],
  ['type', 'Types'],
  ['quality', 'Quality'],
] as const;

/** Readings a row each, values to the character; the first of them, as many as one answer can hold. */
export function readingsTable(readings: readonly Reading[]): Table {
  const columns = COLUMNS.map(([name, label]) => ({ name, label }));
  const rows: (readonly string[])[] = [];
  let size = 0;
  for (const reading of readings.slice(0, MOST_ROWS)) {
    const row = rowOf(reading);
    size += row.reduce((sum, cell) => sum + cell.length + A_CELL, 0);
    if (rows.length > 0 && size > MOST_CHARACTERS) break;
    rows.push(row);
  }
  return { columns, rows };
}

/** The reading with its node as it is called at the Thing's own address: nameless ones are called by the id. */
export function asNamed({ ownership }: ClaimedThing): (reading: Reading) => Reading {
  const part = { ownership: ownership.id, since: ownership.since, naming: { kind: 'own' }, only: [] } as const;
  return (reading) => ({ ...reading, node: nameFor(part, reading.node, undefined) });
}

function rowOf({ at, node, name, value, unit, fieldTypes, qualities }: Reading): readonly string[] {
  const types = FIELD_TYPES.filter((type) => fieldTypes.has(type)).join(' ');
  const quality = QUALITIES.filter((flag) => qualities.has(flag)).join(' ');
  return [momentText(at), nodeText(node), name, value, unit, types, quality];
}

function nodeText({ nodeId, sourceId, cacheType }: NodeName): string {
  return [nodeId, sourceId, cacheType].filter((part) => part !== '').join(' ');
}
