import type { Tag } from '../../../domain/thing.js';
import { type Condition, sqlOf, valuesOf } from './condition.js';
import { distinctValues, MODELS } from './distinct.js';
import type { Lists, Start, Values } from './start.js';
import type { Prepare } from './statement-cache.js';

/** Of a manufacturer with more models than this all of its Things are walked, unless one model is asked for. */
const MOST = 100;

/** Numbers that the table of_model has of a Thing, beside those that it is found by. */
const COLUMNS: readonly string[] = ['V', 'LAT', 'LON'];

/**
 * Where one manufacturer is asked for and something of the model: those of its models that may be meant, less those whose
 * version or place is not asked for. All that meet the conditions are among them.
 *
 * @returns undefined where nothing of the kind is asked for, or there are too many models.
 */
export function byModel(prepare: Prepare, conditions: readonly Condition[]): Lists | undefined {
  const strings = conditions.filter(({ table }) => table === 'tag_str');
  const [man] = valuesOf(strings.find(({ name, isEqual }) => name === 'MAN' && isEqual)?.narrow ?? []);
  const model = strings.find(({ name }) => name === 'MODEL');
  if (man === undefined || model === undefined) return undefined;
  const models = model.isEqual
    ? valuesOf(model.narrow)
    : distinctValues(prepare, MODELS, man, [...model.narrow, ...model.rest], MOST);
  if (models === undefined) return undefined;
  const listOf = (some: Values): Start => ({
    sql: `SELECT thing FROM of_model WHERE man = ? AND model IN (${some.map(() => '?').join(', ')})`,
    values: [man, ...some],
    also: ofRow(conditions),
  });
  return { all: listOf(models), lists: models.map((each) => listOf([each])) };
}

function ofRow(conditions: readonly Condition[]): NonNullable<Start['also']> {
  const numbers = conditions.filter(({ table, name }) => table === 'tag_num' && COLUMNS.includes(name));
  const tests = numbers.map(({ name, narrow, rest }) => ({ name, tests: [...narrow, ...rest] }));
  return {
    sql: ['TRUE', ...tests.map((each) => `(${sqlOf(each.tests, each.name.toLowerCase())})`)].join(' AND '),
    values: tests.flatMap((each) => valuesOf(each.tests)),
  };
}

/** What the table of_model says of a Thing with these tags; undefined for one that is not in it. */
export interface ModelRow {
  readonly man: string;
  readonly model: string;
  readonly v: number | null;
  readonly lat: number | null;
  readonly lon: number | null;
}

export function isSameRow(a: ModelRow | undefined, b: ModelRow | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.man === b.man && a.model === b.model && a.v === b.v && a.lat === b.lat && a.lon === b.lon;
}

export function modelRowOf(tags: readonly Tag[]): ModelRow | undefined {
  const [man, model, v, lat, lon] = ['MAN', 'MODEL', ...COLUMNS].map((name) => tags.find((tag) => tag.name === name));
  if (man?.kind !== 'str' || model?.kind !== 'str') return undefined;
  const number = (tag: Tag | undefined): number | null => (tag?.kind === 'num' ? tag.value : null);
  return { man: man.value, model: model.value, v: number(v), lat: number(lat), lon: number(lon) };
}
