import type { Database } from 'better-sqlite3';

/** Things in one transaction. */
const STEP_THINGS = 10_000;
/** It is said after each so many how far it is. */
const SAY_THINGS = 200_000;

/**
 * Enters Things of an older version into the table `of_model`. Each step is a transaction that also says how far it is: what is
 * cut short goes on at the next start. To be called before anything is written.
 *
 * @param say told, in words for the log, where there is something to do.
 */
export function fillModels(db: Database, say: (words: string) => void): void {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'of_model_from'");
  if (isThere.get() === undefined) return;
  const end = db.prepare<[number], { last: number | null; n: number }>(
    `SELECT max(id) AS last, count(*) AS n FROM (
       SELECT id FROM thing WHERE visibility = 1 AND id > (SELECT thing FROM of_model_from) ORDER BY id LIMIT ?)`,
  );
  const fill = db.prepare<[number]>(`
    INSERT INTO of_model (man, model, thing, v, lat, lon)
      SELECT man.value, model.value, t.id, v.value, lat.value, lon.value
        FROM thing t
        CROSS JOIN tag_str man ON man.thing = t.id AND man.name = 'MAN'
        CROSS JOIN tag_str model ON model.thing = t.id AND model.name = 'MODEL'
        LEFT JOIN tag_num v ON v.thing = t.id AND v.name = 'V'
        LEFT JOIN tag_num lat ON lat.thing = t.id AND lat.name = 'LAT'
        LEFT JOIN tag_num lon ON lon.thing = t.id AND lon.name = 'LON'
       WHERE t.visibility = 1 AND t.id > (SELECT thing FROM of_model_from) AND t.id <= ?`);
  const goOn = db.prepare<[number]>('UPDATE of_model_from SET thing = ?');

  const step = db.transaction((): number => {
    const { last, n } = end.get(STEP_THINGS) ?? { last: null, n: 0 };
    if (last === null) return 0;
    fill.run(last);
    goOn.run(last);
    return n;
  });

  let done = 0;
  for (let n = step.immediate(); n > 0; n = step.immediate()) {
    if (done === 0) say('the index of models is being filled, which may take a while and can be interrupted');
    if (Math.floor((done + n) / SAY_THINGS) > Math.floor(done / SAY_THINGS)) say(`${done + n} Things entered`);
    done += n;
  }
  db.exec('DROP TABLE of_model_from');
  if (done > 0) say(`all ${done} public Things are in the index of models`);
}
