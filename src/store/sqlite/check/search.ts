import type { Database } from 'better-sqlite3';
import type { Tag } from '../../../domain/thing.js';
import { placeOf } from '../search/area.js';
import { tagsFromText } from '../tag-text.js';
import type { Fault } from './fault.js';

/** The schema from which on places are kept. */
const PLACES = 8;

interface Place {
  readonly lat_min: number;
  readonly lat_max: number;
  readonly lon_min: number;
  readonly lon_max: number;
}

/** Where what is searched (tag_str, tag_num, place) is not what the public Things say, and theirs alone. */
export function* searchFaults(db: Database, schema: number): Generator<Fault> {
  const things = db.prepare<[], { id: number; tags: string }>('SELECT id, tags FROM thing WHERE visibility = 1');
  const found = searched(db, schema >= PLACES);
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
}

function searched(db: Database, hasPlaces: boolean) {
  const texts = db.prepare<[number], [string, string]>('SELECT name, value FROM tag_str WHERE thing = ?').raw();
  const numbers = db.prepare<[number], [string, number]>('SELECT name, value FROM tag_num WHERE thing = ?').raw();
  const places = hasPlaces
    ? db.prepare<[number], Place>('SELECT lat_min, lat_max, lon_min, lon_max FROM place WHERE thing = ?')
    : undefined;
  return {
    isAs(id: number, tags: readonly Tag[]): boolean {
      const rows = new Map<string, string | number>([...texts.all(id), ...numbers.all(id)]);
      const isSame = rows.size === tags.length && tags.every(({ name, value }) => rows.get(name) === value);
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
