import { FIELD_TYPES, type FieldType } from '../reading.js';
import type { ReadRequest } from './request.js';

/** Who answers for what of a request. */
export interface TypesAsked {
  readonly ofDevice: ReadonlySet<FieldType>;
  readonly ofStore: ReadonlySet<FieldType>;
}

/** Values of times gone by (XEP-0323 section 5.6). */
export const HISTORICAL: ReadonlySet<FieldType> = new Set(FIELD_TYPES.filter((type) => type.startsWith('historical')));

/** Of a period, these are computed from what is stored. */
const OF_A_PERIOD: ReadonlySet<FieldType> = new Set<FieldType>(['peak', 'computed']);

/**
 * What is asked of whom (DESIGN section 4): history of the store alone, `peak` and `computed` of a period too, all else
 * of the device alone. No type asked for means all but historical ones.
 */
export function typesAsked({ types, from, to }: Pick<ReadRequest, 'types' | 'from' | 'to'>): TypesAsked {
  const asked = types.size > 0 ? [...types] : FIELD_TYPES.filter((type) => !HISTORICAL.has(type));
  const hasPeriod = from !== undefined || to !== undefined;
  const isStored = (type: FieldType): boolean => HISTORICAL.has(type) || (hasPeriod && OF_A_PERIOD.has(type));
  return {
    ofDevice: new Set(asked.filter((type) => !isStored(type))),
    ofStore: new Set(asked.filter(isStored)),
  };
}
