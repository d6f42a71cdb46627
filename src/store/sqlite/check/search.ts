import type { Database } from 'better-sqlite3';
import type { Tag } from '../../../domain/thing.js';
import { placeOf } from '../search/area.js';
import { isSameRow, type ModelRow, modelRowOf } from '../search/models.js';
import { tagsFromText } from '../tag-text.js';
import type { Fault } from './fault.js';

/** The schemas from which on places and models are kept. */
const PLACES = 8;
const MODELS = 9;

interface Place {
  readonly lat_min: number;
  readonly lat_max: number;
  readonly lon_min: number;
  readonly lon_max: number;
}

/** Where what is searched (tag_str, tag_num, place) is not what the public Things say, and theirs alone. */
export function* searchFaults(db: Database, schema: number): Generator<Fault> {
  const things = db.prepare<[], { id: number; tags: string }>('SELECT id, tags FROM thing WHERE visibility = 1');
  const found = searched(db, schema >= PLACES, schema >= MODELS && areModelsFilled(db));
  for (const { id, tags } of things.iterate()) {
    if (!found.isAs(id, tagsFromText(tags))) yield { words: `Thing ${id} is searched by other tags than it has` };
  }
  for (const table of ['tag_str', 'tag_num'] as const) {
    const rest = db.prepare(
      `SELECT count(*) FROM ${table} s JOIN thing t ON t.id = s.thing WHERE t.visibility IS NOT 1`,
    );
    const rows = Number(rest.pluck().get());
    if (rows > 0) yield { words: `${rows} rows of the table ${table} are of Things that are not public` };
  }
  if (schema < MODELS) return;
  const others = db.prepare(`SELECT count(*) FROM of_model m LEFT JOIN thing t ON t.id = m.thing
    LEFT JOIN tag_str man ON man.thing = m.thing AND man.name = 'MAN'
    LEFT JOIN tag_str model ON model.thing = m.thing AND model.name = 'MODEL'
    WHERE t.visibility IS NOT 1 OR man.value IS NOT m.man OR model.value IS NOT m.model`);
  const rows = Number(others.pluck().get());
  if (rows > 0) yield { words: `${rows} rows of the table of_model are of no public Thing of that model` };
}

/** Else the next start goes on to enter them. */
function areModelsFilled(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'of_model_from'").get() === undefined;
}

function searched(db: Database, hasPlaces: boolean, hasModels: boolean) {
  const texts = db.prepare<[number], [string, string]>('SELECT name, value FROM tag_str WHERE thing = ?').raw();
  const numbers = db.prepare<[number], [string, number]>('SELECT name, value FROM tag_num WHERE thing = ?').raw();
  const places = hasPlaces
    ? db.prepare<[number], Place>('SELECT lat_min, lat_max, lon_min, lon_max FROM place WHERE thing = ?')
    : undefined;
  // Found by its key, since it has no index by the Thing; rows of others are counted by themselves.
  const models = hasModels
    ? db.prepare<[string, string, number], ModelRow>(
        'SELECT man, model, v, lat, lon FROM of_model WHERE man = ? AND model = ? AND thing = ?',
      )
    : undefined;
  return {
    isAs(id: number, tags: readonly Tag[]): boolean {
      const rows = new Map<string, string | number>([...texts.all(id), ...numbers.all(id)]);
      const isSame = rows.size === tags.length && tags.every(({ name, value }) => rows.get(name) === value);
      const model = modelRowOf(tags);
      if (model && models && !isSameRow(models.get(model.man, model.model, id), model)) return false;
      return isSame && (places === undefined || isPlaced(places.get(id), placeOf(tags)));
    },
  };
}

/** The R-tree keeps less than a double has, rounded outwards. */
function isPlaced(row: Place | undefined, place: ReturnType<typeof placeOf>): boolean {
  if (row === undefined || place === undefined) return row === undefined && place === undefined;
  const { lat, lon } = place;
  return row.lat_min <= lat && lat <= row.lat_max && row.lon_min <= lon && lon <= row.lon_max;
}
