import type { Store } from '../../domain/ports.js';
import type { Limit, Retention } from '../../domain/retention.js';
import { auditLog } from './audit-log.js';
import { type BackupOptions, backupMaker } from './backup.js';
import { blockStore } from './block-store.js';
import { contactStore } from './contact-store.js';
import { eraser, erasureStore } from './erasure-store.js';
import { expireAudit } from './expire-audit.js';
import { expireOffers } from './expire-offers.js';
import { expireReadings } from './expire-readings.js';
import { failedClaimStore } from './failed-claim-store.js';
import { formerStore } from './former-store.js';
import { friendStore } from './friend-store.js';
import { groupCommit } from './group-commit.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { noticeStore } from './notice-store.js';
import { openDatabase } from './open-database.js';
import { overviewStore } from './overview-store.js';
import { probe } from './probe.js';
import { purger } from './purge.js';
import { queueStore } from './queue-store.js';
import { readingStore } from './reading-store.js';
import { recordingStore } from './recording-store.js';
import { retentionStore } from './retention-store.js';
import { sessionStore } from './session-store.js';
import { thingStore } from './thing-store.js';
import { wordsStore } from './words-store.js';

export { DatabaseFault } from './database-fault.js';

export interface SqliteOptions {
  /** A path, or `:memory:` for a store that ends with the process. */
  readonly file: string;
  /** How long an ended ownership can be taken up again, in ms; then it is purged with its readings. */
  readonly retentionEndedMs?: number;
  /** What is kept of the readings of Things that have no limits of their own; all, unless set. */
  readonly retention?: Retention;
  /** Where backups are kept and how many; 7 beside the database, unless set. */
  readonly backups?: BackupOptions;
  /** For how many days the audit trail is kept; for ever, unless set. */
  readonly retentionAudit?: Limit;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

const DAYS_30 = 30 * 24 * 60 * 60 * 1000;

/**
 * @param options what is to be kept, and where, is asked whenever it is needed: it may change.
 *
 * Opens the store in a SQLite file, creating or migrating it. One process owns a file.
 *
 * @throws DatabaseFault, in words for the operator, if it cannot be used: not writable, in use, of a newer program.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const { file, now = Date.now } = options;
  const { db, close } = openDatabase(file);
  try {
    migrate(db, MIGRATIONS);
  } catch (error) {
    close();
    throw error;
  }
  const commit = groupCommit(db);
  const keptSince = () => now() - (options.retentionEndedMs ?? DAYS_30);
  const backups = backupMaker(file, () => options.backups ?? {}, now);
  const erasing = eraser(db, now);
  return {
    things: thingStore(db, commit, keptSince),
    notices: noticeStore(db, commit),
    sessions: sessionStore(db, commit),
    contacts: contactStore(db, commit),
    friends: friendStore(db, commit),
    readings: readingStore(db, commit, now),
    queue: queueStore(db, commit),
    recordings: recordingStore(db, commit),
    failedClaims: failedClaimStore(db, commit),
    audit: auditLog(db, commit, keptSince),
    blocks: blockStore(db, commit),
    overview: overviewStore(db),
    accepts: probe(db, commit),
    retention: retentionStore(db, commit),
    erasures: erasureStore(db, commit, erasing),
    former: formerStore(db, commit, keptSince),
    words: wordsStore(db, commit),
    purge: purger(
      db,
      commit,
      keptSince,
      now,
      erasing.ofAny,
      expireOffers(db, now),
      expireReadings(db, () => options.retention ?? {}, now),
      expireAudit(db, () => options.retentionAudit ?? 'off', now),
    ),
    backups,
    close: async () => {
      await backups.stop();
      await commit.close();
      close();
    },
  };
}
