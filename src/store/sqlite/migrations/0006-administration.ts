/** What owners and administrators decide beside sharing: offers, zones, notices in words, erasures, blocks, the audit trail. */
export const administration = `
-- Of an ownership. The zone is an IANA name; an offer is to the bare JID that may take the Thing over until then.
ALTER TABLE ownership ADD COLUMN zone TEXT;
ALTER TABLE ownership ADD COLUMN offered_to TEXT;
ALTER TABLE ownership ADD COLUMN offered_history INTEGER;
ALTER TABLE ownership ADD COLUMN offered_until INTEGER;
CREATE INDEX ownership_offered_to ON ownership (offered_to) WHERE offered_to IS NOT NULL;
CREATE INDEX ownership_offered_until ON ownership (offered_until) WHERE offered_until IS NOT NULL;
-- When something was last heard of the Thing, to the hour, and whether the owner was told of its silence since.
ALTER TABLE ownership ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ownership ADD COLUMN told_silent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ownership_former_owner ON ownership (owner) WHERE ended IS NOT NULL;

-- Histories are joined, and an ownership then has some manners twice.
CREATE TABLE joinable_manner (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL REFERENCES ownership (key),
  text      TEXT NOT NULL,
  trust     INTEGER NOT NULL
) STRICT;
INSERT INTO joinable_manner (key, ownership, text, trust) SELECT key, ownership, text, trust FROM manner;
DROP TABLE manner;
ALTER TABLE joinable_manner RENAME TO manner;
CREATE INDEX manner_text ON manner (ownership, text);

-- Readings that are to go for good, a few rows at a time: of an ownership, of one field or all, within a time.
CREATE TABLE erasure (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL REFERENCES ownership (key) ON DELETE CASCADE,
  field     TEXT,                             -- NULL: all
  from_ms   INTEGER NOT NULL,
  until_ms  INTEGER NOT NULL                  -- included
) STRICT;
CREATE INDEX erasure_ownership ON erasure (ownership);

-- Owners who want to be told in words, and words that are owed to somebody.
CREATE TABLE notified (
  owner TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE owed_words (
  key   INTEGER PRIMARY KEY,
  jid   TEXT NOT NULL,
  text  TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;

-- Who may not use the component, whatever domain they are of.
CREATE TABLE blocked (
  subject TEXT PRIMARY KEY,                   -- a bare JID, or @ and a domain
  actor   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  reason  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The ownership that an entry is about, for its owner to see.
ALTER TABLE audit ADD COLUMN ownership TEXT;
CREATE INDEX audit_ownership ON audit (ownership, id) WHERE ownership IS NOT NULL;
CREATE INDEX audit_at ON audit (at);
`;
