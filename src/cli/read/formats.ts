import type { Reading } from '../../client/index.js';
import { csvRow } from '../csv.js';
import { shown } from '../shown.js';

/** Writes readings as text: what comes before all of them, and each by itself. */
export interface Format {
  readonly head: string;
  readonly row: (reading: Reading) => string;
}

export type FormatName = 'table' | 'json' | 'csv';

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  /** For people. */
  table: {
    head: '',
    row: (reading) =>
      shown(
        `${timeOf(reading).padEnd(26)}${nodeOf(reading)}${reading.name} = ${reading.value} ${reading.unit}`.trimEnd(),
      ),
  },
  /** An object to a line. Values are strings, as the device wrote them: a number in JSON loses digits. */
  json: { head: '', row: (reading) => JSON.stringify(columnsOf(reading)) },
  /** As RFC 4180 has it, with the names of the columns in the first line. */
  csv: {
    head: 'time,node,name,type,value,unit,flags\r\n',
    row: (reading) => `${csvRow(Object.values(columnsOf(reading)))}\r`,
  },
};

function columnsOf(reading: Reading): Readonly<Record<string, string>> {
  const { node, name, type, value, unit, fieldTypes, qualities } = reading;
  return {
    time: timeOf(reading),
    node: node.nodeId,
    name,
    type,
    value,
    unit,
    flags: [...fieldTypes, ...qualities].join(' '),
  };
}

function timeOf({ at }: Reading): string {
  return new Date(at.ms).toISOString();
}

function nodeOf({ node: { nodeId } }: Reading): string {
  return nodeId === '' ? '' : `${nodeId}  `;
}
