import { FIELD_TYPES, type FieldType } from '../reading.js';
import type { ReadRequest } from './request.js';
import { PERIODS, type Period } from './shifts.js';

/** Who answers for what of a request. */
export interface TypesAsked {
  readonly ofDevice: ReadonlySet<FieldType>;
  readonly ofStore: ReadonlySet<FieldType>;
}

/** Values of times gone by (XEP-0323 section 5.6). */
export const HISTORICAL: ReadonlySet<FieldType> = new Set(FIELD_TYPES.filter((type) => type.startsWith('historical')));

/** Asked for with a period, these are answered from what is stored. */
export const OF_A_PERIOD = ['peak', 'computed'] as const satisfies readonly FieldType[];

/**
 * What is asked of whom (DESIGN section 4): history of the store alone, `peak` and `computed` with a period too (`from`,
 * `to`, or one that is named: see {@link periodsNamed}), all else of the device alone. No type asked for means all but
 * historical ones.
 */
export function typesAsked({ types, from, to }: Pick<ReadRequest, 'types' | 'from' | 'to'>): TypesAsked {
  const asked = types.size > 0 ? [...types] : FIELD_TYPES.filter((type) => !HISTORICAL.has(type));
  const hasPeriod = from !== undefined || to !== undefined || periodsNamed(types).length > 0;
  const ofPeriod: readonly FieldType[] = hasPeriod ? OF_A_PERIOD : [];
  const isStored = (type: FieldType): boolean => HISTORICAL.has(type) || ofPeriod.includes(type);
  return {
    ofDevice: new Set(asked.filter((type) => !isStored(type))),
    ofStore: new Set(asked.filter(isStored)),
  };
}

/**
 * The periods that a request names. Who asks for `historicalOther` too, as by `historical` and `all`, says that the period
 * "is not important" (XEP-0323 section 5.6), and names none.
 */
export function periodsNamed(types: ReadonlySet<FieldType>): readonly Period[] {
  return types.has('historicalOther') ? [] : PERIODS.filter((period) => types.has(period));
}
