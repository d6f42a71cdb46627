/**
 * Readings are appended to a log, and sealed from there into chunks of their series: see store/sqlite/readings. What older
 * programs have left in the table \`reading\`, a row each, is moved by readings/move-rows.ts, which can be interrupted.
 */
export const sealedReadings = `
-- What was reported, as it arrived: one row a message and ownership (readings/log-row.ts). Two tables: one takes what
-- arrives, while the other is being sealed and then emptied as a whole.
CREATE TABLE log_a (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL,
  body      BLOB NOT NULL
) STRICT;
CREATE TABLE log_b (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL,
  body      BLOB NOT NULL
) STRICT;
-- Which of them takes what arrives, and how far the other is sealed: ownership by ownership; of each a slice of its rows
-- after the other, in the order of keys; of each slice series by series.
CREATE TABLE log_state (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  active     TEXT NOT NULL,                   -- a or b
  is_sealing INTEGER NOT NULL,
  ownership  INTEGER NOT NULL,                -- those before it are sealed
  to_key     INTEGER NOT NULL,                -- of it, rows up to this key, included
  slice_key  INTEGER NOT NULL,                -- and of rows up to this key ...
  to_series  INTEGER NOT NULL                 -- ... the series up to this one, included
) STRICT;
INSERT INTO log_state (id, active, is_sealing, ownership, to_key, slice_key, to_series) VALUES (1, 'a', 0, 0, 0, 0, 0);

-- Readings of a series, in order of time and apart from those of other chunks (readings/chunk-codec.ts). Full ones are
-- sized so that two fill a page, and are added at the end; the last of each series, which still grows, stands apart.
CREATE TABLE chunk (
  key      INTEGER PRIMARY KEY,
  series   INTEGER NOT NULL REFERENCES series (key),
  first_ms INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  body     BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_place ON chunk (series, first_ms);
CREATE TABLE open_chunk (
  series   INTEGER PRIMARY KEY REFERENCES series (key),
  first_ms INTEGER NOT NULL,
  last_ms  INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  body     BLOB NOT NULL                      -- several chunks (readings/open-body.ts): one is added at each sealing
) STRICT;

-- Chunks and rows of the log that were found damaged, set aside for who may mend them.
CREATE TABLE damaged (
  key    INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,                       -- the table
  owner  INTEGER NOT NULL,                    -- a series, or of the log an ownership
  count  INTEGER,                             -- of readings, where it was known
  body   BLOB NOT NULL,
  found  INTEGER NOT NULL,
  why    TEXT NOT NULL
) STRICT;
`;
