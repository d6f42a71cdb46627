/** What owners and administrators decide beside sharing: offers, zones, notices in words, erasures, blocks, the audit trail. */
export const administration = `
-- Of an ownership. The zone is an IANA name; an offer is to the bare JID that may take the Thing over until then.
ALTER TABLE ownership ADD COLUMN zone TEXT;
ALTER TABLE ownership ADD COLUMN offered_to TEXT;
ALTER TABLE ownership ADD COLUMN offered_history INTEGER;
ALTER TABLE ownership ADD COLUMN offered_until INTEGER;
CREATE INDEX ownership_offered_to ON ownership (offered_to) WHERE offered_to IS NOT NULL;
CREATE INDEX ownership_offered_until ON ownership (offered_until) WHERE offered_until IS NOT NULL;
-- When something was last heard of the Thing, to the hour; whether the owner was told of its silence since; and when the
-- owner was last told that readings of it were refused.
ALTER TABLE ownership ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ownership ADD COLUMN told_silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ownership ADD COLUMN told_refused INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ownership_former_owner ON ownership (owner) WHERE ended IS NOT NULL;

-- Whose Things are shared with whom is looked for without looking at what else there is of a JID: time tells nothing.
ALTER TABLE share ADD COLUMN jid TEXT NOT NULL DEFAULT '';
UPDATE share SET jid = (SELECT jid FROM ownership WHERE key = share.ownership);
CREATE INDEX share_of_jid ON share (jid, audience);
CREATE INDEX ownership_self_owned ON ownership (key) WHERE self_owned = 1 AND ended IS NULL;
CREATE INDEX thing_public_of_jid ON thing (jid) WHERE visibility = 1;

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

-- Readings that are to go for good, a few rows at a time: those that a series has now within a time. What arrives there
-- before they have gone waits beside them (late_reading), so that it does not go with them.
CREATE TABLE erasure (
  key       INTEGER PRIMARY KEY,
  ownership INTEGER NOT NULL REFERENCES ownership (key) ON DELETE CASCADE,
  series    INTEGER NOT NULL REFERENCES series (key) ON DELETE CASCADE,
  from_ms   INTEGER NOT NULL,
  until_ms  INTEGER NOT NULL,                 -- included
  request   TEXT NOT NULL,                    -- the same for all series of one request
  asked     INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_ownership ON erasure (ownership);
CREATE INDEX erasure_series ON erasure (series);
CREATE INDEX erasure_request ON erasure (request);
CREATE TABLE late_reading (
  series INTEGER NOT NULL REFERENCES series (key) ON DELETE CASCADE,
  ms     INTEGER NOT NULL,
  value  TEXT NOT NULL,
  manner INTEGER NOT NULL,
  PRIMARY KEY (series, ms)
) STRICT, WITHOUT ROWID;

-- Owners who want to be told in words, and words that are owed to somebody.
CREATE TABLE notified (
  owner TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE owed_words (
  key     INTEGER PRIMARY KEY,
  jid     TEXT NOT NULL,
  text    TEXT NOT NULL,
  unasked INTEGER NOT NULL,                   -- 1: also to who does not want to be told of events
  since   INTEGER NOT NULL
) STRICT;
CREATE INDEX owed_words_jid ON owed_words (jid, key);

-- Who may not use the component, whatever domain they are of.
CREATE TABLE blocked (
  subject TEXT PRIMARY KEY,                   -- a bare JID, or @ and a domain
  actor   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  reason  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The ownership that an entry is about, and whose it was, for that owner to see; refusals are about none, and are found
-- by their subject. Whoever acted is looked for by account. Pages go by time, whatever else they are narrowed by.
ALTER TABLE audit ADD COLUMN ownership TEXT;
ALTER TABLE audit ADD COLUMN owner TEXT;
ALTER TABLE audit ADD COLUMN refusal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN account TEXT
  AS (CASE instr(actor, '/') WHEN 0 THEN actor ELSE substr(actor, 1, instr(actor, '/') - 1) END);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_account ON audit (account, at, action);
CREATE INDEX audit_action ON audit (action, at);
CREATE INDEX audit_ownership ON audit (ownership, at) WHERE ownership IS NOT NULL;
CREATE INDEX audit_refused ON audit (subject, at) WHERE refusal = 1;
CREATE INDEX audit_owner ON audit (owner, at, action, ownership) WHERE owner IS NOT NULL;

-- Nothing changes an entry, and none is deleted that is not past keeping: purging says first up to when that is. This
-- keeps the program and a slip of the hand from it, not somebody who may write the file and wants to.
CREATE TABLE audit_expiry (
  before INTEGER NOT NULL                     -- entries from then on stay
) STRICT;
INSERT INTO audit_expiry (before) VALUES (0);
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit WHEN OLD.at >= (SELECT before FROM audit_expiry) BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only added to, and this entry is still kept');
END;
`;
