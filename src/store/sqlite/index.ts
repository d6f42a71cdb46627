import type { Database } from 'better-sqlite3';
import type { Store } from '../../domain/ports.js';
import type { Limit, Retention } from '../../domain/retention.js';
import { applyWrites } from './apply-writes.js';
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
import { type CommitWatch, groupCommit } from './group-commit.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { noticeStore } from './notice-store.js';
import { asDatabaseFault, openDatabase } from './open-database.js';
import { overviewStore } from './overview-store.js';
import { probe } from './probe.js';
import { publicThings } from './public-things.js';
import { purger } from './purge.js';
import { queueStore } from './queue-store.js';
import { readingStore } from './reading-store.js';
import { keptReadings } from './readings/kept-readings.js';
import { moveRows } from './readings/move-rows.js';
import { sealer } from './readings/sealer.js';
import { recordingStore } from './recording-store.js';
import { retentionStore } from './retention-store.js';
import { fillModels } from './search/fill-models.js';
import { sessionStore } from './session-store.js';
import { thingStore } from './thing-store.js';
import { wordsStore } from './words-store.js';

export { backUpToFile } from './backup-file.js';
export { claimableThings } from './check/claimable.js';
export { checkDatabase } from './check/index.js';
export { DatabaseFault } from './database-fault.js';
export { isLocked } from './open-database.js';
export { restoreFrom } from './restore.js';

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
  /** Readings are kept as they arrived until they have so many bytes, and then sealed; 16 MiB unless set. */
  readonly sealFrom?: number;
  /** Told, in words for the log, of what is damaged, and of what takes long. */
  readonly log?: { error(words: string): void; info(words: string): void };
  /** Told of what happens, to be counted. */
  readonly watch?: StoreWatch;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

export interface StoreWatch extends CommitWatch {
  stored(readings: number): void;
  damaged(): void;
}

const SEAL_FROM = 16 * 1024 * 1024;
const DAYS_30 = 30 * 24 * 60 * 60 * 1000;

/**
 * Opens the store in a SQLite file, creating or migrating it. One process owns a file.
 *
 * @param options what is to be kept, and where, is asked whenever it is needed: it may change.
 * @throws DatabaseFault, in words for the operator, if it cannot be used: not writable, in use, of a newer program.
 */
export function openSqliteStore(options: SqliteOptions): Store {
  const { db, close } = openDatabase(options.file);
  try {
    migrate(db, MIGRATIONS);
    return storeIn(db, close, options);
  } catch (error) {
    close();
    throw asDatabaseFault(options.file, error);
  }
}

function storeIn(db: Database, close: () => void, options: SqliteOptions): Store {
  const { file, now = Date.now } = options;
  const commit = groupCommit(db, options.watch);
  const kept = keptReadings(db, {
    now,
    later: (unit) => void commit.run(unit).catch(() => undefined), // it will be found again
    onDamage: (words) => {
      options.watch?.damaged();
      options.log?.error(words);
    },
    sealFrom: options.sealFrom ?? SEAL_FROM,
  });
  commit.onUndone(kept.undone);
  moveRows(db, kept, (words) => options.log?.info(words));
  fillModels(db, (words) => options.log?.info(words));
  const publics = publicThings(db);
  commit.onUndone(publics.undone);
  const apply = applyWrites(db, kept, publics);
  const sealing = sealer(commit, kept);
  sealing.wake();
  const keptSince = () => now() - (options.retentionEndedMs ?? DAYS_30);
  const backups = backupMaker(file, () => options.backups ?? {}, now);
  const erasing = eraser(db, kept, now);
  return {
    things: thingStore(db, commit, apply, publics, kept, keptSince),
    notices: noticeStore(db, commit),
    sessions: sessionStore(db, commit),
    contacts: contactStore(db, commit),
    friends: friendStore(db, commit),
    readings: readingStore(db, commit, kept, sealing, now, (count) => options.watch?.stored(count)),
    queue: queueStore(db, commit),
    recordings: recordingStore(db, commit),
    failedClaims: failedClaimStore(db, commit),
    audit: auditLog(db, commit, keptSince),
    blocks: blockStore(db, commit),
    overview: overviewStore(db, sealing, commit, kept),
    accepts: probe(db, commit),
    retention: retentionStore(db, commit),
    erasures: erasureStore(db, commit, kept, erasing),
    former: formerStore(db, commit, keptSince),
    words: wordsStore(db, commit),
    purge: purger(
      db,
      commit,
      kept,
      keptSince,
      now,
      erasing.ofAny,
      expireOffers(db, apply, now),
      expireReadings(db, kept, () => options.retention ?? {}, now),
      expireAudit(db, () => options.retentionAudit ?? 'off', now),
    ),
    backups,
    close: async () => {
      sealing.stop();
      await backups.stop();
      await commit.close();
      close();
    },
  };
}
