/** What Things that rely on `isFriend` (XEP-0324) are owed when rights change. */
export const friends = `
-- The JIDs of Things that have asked.
CREATE TABLE friend_asker (
  jid TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What they are owed; the id is another one after each change.
CREATE TABLE friend_notice (
  jid        TEXT PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  spoke_from TEXT,
  since      INTEGER NOT NULL,
  deliveries INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who has lost a right since the last that was settled.
CREATE TABLE lost_friend (
  jid    TEXT NOT NULL REFERENCES friend_notice (jid) ON DELETE CASCADE,
  friend TEXT NOT NULL,
  PRIMARY KEY (jid, friend)
) STRICT, WITHOUT ROWID;
`;
