/**
 * The first schema. Names: `key` is a number that never leaves the database, `id` is one that outsiders see.
 * Times are milliseconds since 1970.
 */
export const first = `
-- One row a Thing. id is the order of registration: a Thing that was forgotten and registers again goes to the end.
-- An unclaimed Thing is this row and its digest, nothing more: registering has no index entry per tag to write.
CREATE TABLE thing (
  id              INTEGER PRIMARY KEY,
  jid             TEXT NOT NULL,
  node_id         TEXT NOT NULL,
  source_id       TEXT NOT NULL,
  cache_type      TEXT NOT NULL,
  tags            TEXT NOT NULL,              -- JSON: see tag-text.ts; keeps order and digits
  claim_digest    TEXT,
  ownership       INTEGER REFERENCES ownership (key),
  visibility      INTEGER,                    -- NULL unclaimed, 0 private, 1 public
  spoke_from      TEXT,
  disowning_until INTEGER,
  UNIQUE (jid, node_id, source_id, cache_type)
) STRICT;
CREATE INDEX thing_claim_digest ON thing (claim_digest) WHERE claim_digest IS NOT NULL;
CREATE UNIQUE INDEX thing_ownership ON thing (ownership) WHERE ownership IS NOT NULL;
-- Holds ids alone: what a search walks that no tag narrows.
CREATE INDEX thing_public ON thing (id) WHERE visibility = 1;

-- The times in which a Thing is one owner's, present and ended. The address is here too, because an owner may come
-- back to a Thing that was forgotten in between.
CREATE TABLE ownership (
  key        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  jid        TEXT NOT NULL,
  node_id    TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  cache_type TEXT NOT NULL,
  owner      TEXT NOT NULL,
  self_owned INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  ended      INTEGER                          -- NULL while it lasts
) STRICT;
CREATE INDEX ownership_owner ON ownership (owner) WHERE ended IS NULL;
CREATE INDEX ownership_former ON ownership (jid, node_id, source_id, cache_type) WHERE ended IS NOT NULL;
CREATE INDEX ownership_ended ON ownership (ended) WHERE ended IS NOT NULL;

CREATE TABLE share (
  ownership INTEGER NOT NULL REFERENCES ownership (key) ON DELETE CASCADE,
  audience  TEXT NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (ownership, audience)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_audience ON share (audience, ownership);

-- What search looks at: the tags of public Things only. The primary key answers "has this Thing such a tag", the
-- index "which Things have". Text compares as UTF-8 bytes, which is by code point.
CREATE TABLE tag_str (
  thing INTEGER NOT NULL REFERENCES thing (id) ON DELETE CASCADE,
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (thing, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_str_value ON tag_str (name, value, thing);

CREATE TABLE tag_num (
  thing INTEGER NOT NULL REFERENCES thing (id) ON DELETE CASCADE,
  name  TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (thing, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_num_value ON tag_num (name, value, thing);

-- What Things are owed. By address, not by Thing: 'removed' is owed to one that is no longer there.
CREATE TABLE notice (
  jid        TEXT NOT NULL,
  node_id    TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  cache_type TEXT NOT NULL,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  owner      TEXT,                            -- owner and public of 'claimed' alone
  public     INTEGER,
  spoke_from TEXT,
  since      INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  PRIMARY KEY (jid, node_id, source_id, cache_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  session TEXT NOT NULL UNIQUE,
  jid     TEXT NOT NULL,
  seen    INTEGER NOT NULL
) STRICT;
CREATE INDEX session_jid ON session (jid, seen);

CREATE TABLE contact (
  local  TEXT NOT NULL,
  jid    TEXT NOT NULL,
  ours   TEXT NOT NULL,
  theirs INTEGER NOT NULL,
  PRIMARY KEY (local, jid)
) STRICT, WITHOUT ROWID;

-- The nodes that an ownership has reported; key is the order in which it did.
CREATE TABLE node (
  key        INTEGER PRIMARY KEY,
  ownership  INTEGER NOT NULL REFERENCES ownership (key),
  node_id    TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  cache_type TEXT NOT NULL,
  UNIQUE (ownership, node_id, source_id, cache_type)
) STRICT;

CREATE TABLE series (
  key  INTEGER PRIMARY KEY,
  node INTEGER NOT NULL REFERENCES node (key),
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  unit TEXT NOT NULL,
  UNIQUE (node, name, type, unit)
) STRICT;

-- The ways in which an ownership's readings are reported (all of a reading but its value and time), each once: a
-- device has a handful. Hence a reading is its key, its value and a small number. The text: see manner.ts.
CREATE TABLE manner (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL REFERENCES ownership (key),
  text      TEXT NOT NULL,
  trust     INTEGER NOT NULL,                 -- trustOf its qualities
  UNIQUE (ownership, text)
) STRICT;

-- No reference to manner: it would need an index on every reading, only to delete manners.
CREATE TABLE reading (
  series INTEGER NOT NULL REFERENCES series (key),
  ms     INTEGER NOT NULL,
  value  TEXT NOT NULL,
  manner INTEGER NOT NULL,
  PRIMARY KEY (series, ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE failed_claim (
  subject TEXT NOT NULL,
  at      INTEGER NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (subject, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX failed_claim_at ON failed_claim (at);

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;

-- Written and emptied again to see whether there is room: see probe.ts.
CREATE TABLE probe (
  id     INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;
INSERT INTO probe (id, filler) VALUES (1, x'');
`;
