/** Requests for read-outs that are to begin later. */
export const queue = `
CREATE TABLE queued_read_out (
  asker         TEXT NOT NULL,                -- a session
  seqnr         INTEGER NOT NULL,
  account       TEXT NOT NULL,                -- the asker's bare JID
  due           INTEGER NOT NULL,
  answers_pings INTEGER NOT NULL,
  plan          TEXT NOT NULL,                -- JSON: see queue-store.ts
  PRIMARY KEY (asker, seqnr)
) STRICT;
CREATE INDEX queued_read_out_due ON queued_read_out (due);
CREATE INDEX queued_read_out_account ON queued_read_out (account);
`;
