import type { Field, Reading } from '../reading.js';
import { isSameNode } from './assign-node.js';
import type { Sample } from './report.js';

/** How much goes into one message to a reader: servers bound the size of a stanza. */
export const MESSAGE = { fields: 500, characters: 48 * 1024 } as const;

/** Splits samples into messages of at most {@link MESSAGE}; a field that is larger goes alone. The order stays. */
export function splitSamples(samples: readonly Sample[]): Sample[][] {
  const messages: Sample[][] = [];
  let current: Growing[] = [];
  let count = 0;
  let size = 0;
  const flush = (): void => {
    if (current.length > 0) messages.push(current);
    current = [];
    count = 0;
    size = 0;
  };
  for (const sample of samples) {
    for (const field of sample.fields) {
      const length = lengthOf(field);
      if (count > 0 && (count + 1 > MESSAGE.fields || size + length > MESSAGE.characters)) flush();
      add(current, sample, field);
      count += 1;
      size += length;
    }
  }
  flush();
  return messages;
}

/** Puts readings of one node and time together where they are neighbours. */
export function samplesOf(readings: readonly Reading[]): Sample[] {
  const samples: Growing[] = [];
  for (const reading of readings) add(samples, reading, fieldOf(reading));
  return samples;
}

type Growing = Omit<Sample, 'fields'> & { readonly fields: Field[] };

function add(samples: Growing[], { node, at }: Pick<Sample, 'node' | 'at'>, field: Field): void {
  const last = samples.at(-1);
  const isSame = last !== undefined && last.at.ms === at.ms && isSameNode(last.node, node);
  if (isSame) last.fields.push(field);
  else samples.push({ node, at, fields: [field] });
}

function fieldOf({ node: _node, at: _at, ...field }: Reading): Field {
  return field;
}

/** About how long it is on the wire: a flag takes some 25 characters. */
function lengthOf({ name, value, unit, dataType, module = '', stringIds = '', fieldTypes, qualities }: Field): number {
  const texts = name.length + value.length + unit.length + dataType.length + module.length + stringIds.length;
  return texts + 25 * (2 + fieldTypes.size + qualities.size);
}
