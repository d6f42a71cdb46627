/** Public Things by manufacturer and model, for searches that ask for both. */
export const models = `
-- A row for each that has both as strings, with what else XEP-0347's example asks for: a search by them needs nothing but this.
-- V, LAT and LON where they are numbers. No reference to thing: it would need an index on every row, only to delete it.
CREATE TABLE of_model (
  man   TEXT NOT NULL,
  model TEXT NOT NULL,
  thing INTEGER NOT NULL,
  v     REAL,
  lat   REAL,
  lon   REAL,
  PRIMARY KEY (man, model, thing)
) STRICT, WITHOUT ROWID;
-- There until all Things of an older version are in it: after which Thing to go on. See search/fill-models.ts.
CREATE TABLE of_model_from (thing INTEGER NOT NULL) STRICT;
INSERT INTO of_model_from (thing) VALUES (0);
`;
