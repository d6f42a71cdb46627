/** What is kept of the readings of single Things, and how many there are of each series, so that none has to count them. */
export const retention = `
CREATE TABLE retention (
  ownership INTEGER PRIMARY KEY REFERENCES ownership (key) ON DELETE CASCADE,
  age       INTEGER,                          -- ms; NULL: as for all, -1: without limit; so is count
  count     INTEGER
) STRICT;
ALTER TABLE series ADD COLUMN readings INTEGER NOT NULL DEFAULT 0;
UPDATE series SET readings = (SELECT count(*) FROM reading WHERE reading.series = series.key);
`;
