/** What owners have asked to be read every so often. The row goes when the ownership ends. */
export const recording = `
CREATE TABLE recording (
  ownership    INTEGER PRIMARY KEY REFERENCES ownership (key) ON DELETE CASCADE,
  period       INTEGER NOT NULL,              -- ms
  types        TEXT NOT NULL,                 -- JSON: field types
  due          INTEGER NOT NULL,
  last_at      INTEGER,
  last_outcome TEXT
) STRICT;
CREATE INDEX recording_due ON recording (due);
`;
