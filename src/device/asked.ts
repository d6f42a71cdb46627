import type { Sample } from '../domain/read-out/report.js';
import type { ReadRequest } from '../domain/read-out/request.js';
import type { Field, FieldType, NodeName } from '../domain/reading.js';
import type { Scope } from './friends.js';

/** What is asked of a device. It may give more than that: the library sends on only what was asked for. */
export interface Asked {
  /** Never empty. */
  readonly types: ReadonlySet<FieldType>;
  /** Names of fields; undefined: all. */
  readonly names: ReadonlySet<string> | undefined;
  /** They bound historical values only; in ms since 1970. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Aborted when the read-out is cancelled or out of time. */
  readonly signal: AbortSignal;
}

/** Values of one time: of now, where no time is given. */
export interface Readings {
  readonly at?: Date;
  readonly fields: readonly Field[];
}

/** Reads the device. What it throws becomes a `failure`, with the error's message. */
export type Read = (asked: Asked) => Promise<readonly Field[] | readonly Readings[]>;

/** Nobody who names no node means another one. */
export function hasNode(nodes: readonly NodeName[], ours: NodeName): boolean {
  return nodes.every(
    (node) => node.nodeId === ours.nodeId && node.sourceId === ours.sourceId && node.cacheType === ours.cacheType,
  );
}

/** No type asked for means all but historical ones. */
export function askedOf({ types, fields, from, to }: ReadRequest, scope: Scope, signal: AbortSignal): Asked {
  const wanted = types.size > 0 ? types : NOT_HISTORICAL;
  const names = fields.length > 0 ? new Set(fields) : undefined;
  return {
    types: common(wanted, scope.types) ?? wanted,
    names: common(names, scope.names),
    from: from?.ms,
    to: to?.ms,
    signal,
  };
}

/** What both allow; undefined allows everything. */
function common<T>(a: ReadonlySet<T> | undefined, b: ReadonlySet<T> | undefined): ReadonlySet<T> | undefined {
  return a === undefined || b === undefined ? (a ?? b) : new Set([...a].filter((item) => b.has(item)));
}

const NOT_HISTORICAL: ReadonlySet<FieldType> = new Set<FieldType>([
  'momentary',
  'peak',
  'status',
  'computed',
  'identity',
]);

export function samplesOf(
  readings: Awaited<ReturnType<Read>>,
  { types, names }: Asked,
  node: NodeName,
): readonly Sample[] {
  const groups: readonly Readings[] = isGrouped(readings) ? readings : [{ fields: readings }];
  const now = Date.now();
  const samples = groups.map(({ at, fields }) => ({
    node,
    at: { ms: at?.getTime() ?? now, offsetMinutes: 0 },
    fields: fields.filter(
      ({ name, fieldTypes }) =>
        (names === undefined || names.has(name)) && [...fieldTypes].some((type) => types.has(type)),
    ),
  }));
  return samples.filter(({ fields }) => fields.length > 0);
}

function isGrouped(readings: readonly Field[] | readonly Readings[]): readings is readonly Readings[] {
  const [first] = readings;
  return first !== undefined && 'fields' in first;
}
