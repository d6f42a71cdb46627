import type { Criterion } from '../../../domain/search.js';
import type { Tag } from '../../../domain/thing.js';
import type { Start } from './start.js';

/** Both ends included. */
interface Extent {
  readonly min: number;
  readonly max: number;
}

/** An area in which all must lie that a search finds. */
export interface Area {
  readonly lat: Extent;
  readonly lon: Extent;
}

/** Those that may be in an area: what the table `place` says is not exact. */
export function startIn({ lat, lon }: Area): Start {
  return {
    sql: 'SELECT thing FROM place WHERE lat_min <= ? AND lat_max >= ? AND lon_min <= ? AND lon_max >= ?',
    values: [lat.max, lat.min, lon.max, lon.min].map(onEarth),
  };
}

/** The area that criteria on LAT and LON leave; undefined where either has no bound. */
export function areaOf(criteria: readonly Criterion[]): Area | undefined {
  const [lat, lon] = [extentOf(criteria, 'LAT'), extentOf(criteria, 'LON')];
  return lat && lon && { lat, lon };
}

/** Where a Thing is by its tags, as the table `place` has it. */
export function placeOf(tags: readonly Tag[]): Readonly<Record<'lat' | 'lon', number>> | undefined {
  const value = (name: string): number | undefined => {
    const tag = tags.find((each) => each.name === name);
    return tag?.kind === 'num' ? onEarth(tag.value) : undefined;
  };
  const [lat, lon] = [value('LAT'), value('LON')];
  return lat === undefined || lon === undefined ? undefined : { lat, lon };
}

/** Beyond what degrees are, and well within what the table can hold: what is moved here still is where it is looked for. */
const EDGE = 1000;

function onEarth(degrees: number): number {
  return Math.max(-EDGE, Math.min(EDGE, degrees));
}

function extentOf(criteria: readonly Criterion[], name: string): Extent | undefined {
  const extents = criteria.filter((each) => each.name === name).flatMap((each) => extentBy(each) ?? []);
  if (extents.length === 0) return undefined;
  return { min: Math.max(...extents.map(({ min }) => min)), max: Math.min(...extents.map(({ max }) => max)) };
}

function extentBy(criterion: Criterion): Extent | undefined {
  if (criterion.kind !== 'num') return undefined;
  const { operator } = criterion;
  if (operator === 'Range') return { min: criterion.min.value, max: criterion.max.value };
  if (!('value' in criterion)) return undefined;
  const { value } = criterion;
  if (operator === 'Eq') return { min: value, max: value };
  if (operator === 'Gt' || operator === 'GtEq') return { min: value, max: Number.POSITIVE_INFINITY };
  return operator === 'NEq' ? undefined : { min: Number.NEGATIVE_INFINITY, max: value };
}
