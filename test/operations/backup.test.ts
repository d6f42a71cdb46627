import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry, Store } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';

const ADMIN = 'admin@example.org/desk';
const NAME = /^thingstead-2026-01-01T12-00-0\d-000Z\.db$/;

let directory: string;
let folder: string;
let store: Store;
let now: number;
let keep: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingstead-backup-'));
  folder = join(directory, 'copies', 'here');
  [now, keep] = [Date.UTC(2026, 0, 1, 12), 2];
  store = openSqliteStore({
    file: join(directory, 'thingstead.db'),
    now: () => now,
    get backups() {
      return { folder, keep };
    },
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const entry = (n: number): AuditEntry => ({
  at: n,
  actor: 'a@b/c' as AuditEntry['actor'],
  action: 'x',
  subject: 's',
  outcome: 'o',
});

function count(file: string): unknown {
  const db = new Sqlite(file, { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM audit').pluck().get();
  } finally {
    db.close();
  }
}

describe('a backup', () => {
  it('is one whole file, for its owner alone, in a folder that is too', async () => {
    for (let n = 0; n < 3; n++) await store.audit.append(entry(n));
    const made = await store.backups.make();
    expect(made).toEqual({
      outcome: 'done',
      file: join(folder, 'thingstead-2026-01-01T12-00-00-000Z.db'),
      bytes: expect.any(Number),
      ms: 0,
      deleted: 0,
    });
    if (made.outcome !== 'done') return;
    expect([statSync(made.file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    expect([readdirSync(folder).length, statSync(made.file).size]).toEqual([1, made.bytes]);
    expect(count(made.file)).toBe(3);
    // It can be used in place of the database.
    const restored = openSqliteStore({ file: made.file });
    await restored.audit.append(entry(9));
    await restored.close();
    expect(count(made.file)).toBe(4);
  });

  it('is what was there at one moment, while writers go on', async () => {
    for (let n = 0; n < 2000; n++) await Promise.all([store.audit.append(entry(n)), store.audit.append(entry(n))]);
    const making = store.backups.make();
    let written = 0;
    let isDone = false;
    making.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await store.audit.append(entry(1));
      written++;
    }
    const made = await making;
    expect(written).toBeGreaterThan(0);
    const rows = made.outcome === 'done' ? Number(count(made.file)) : 0;
    expect(rows).toBeGreaterThanOrEqual(4000);
    expect(rows).toBeLessThanOrEqual(4000 + written);
  });

  it('is made one at a time', async () => {
    const [first, second] = await Promise.all([store.backups.make(), store.backups.make()]);
    expect([first.outcome, second.outcome]).toEqual(['done', 'under-way']);
  });

  it('takes the place of the oldest, and of nothing that is not ours', async () => {
    mkdirSync(join(folder, 'thingstead-2001-01-01T00-00-00-000Z.db'), { recursive: true });
    const others = ['notes.txt', 'thingstead.db', 'thingstead-2025.db', 'thingstead-2025-01-01T00-00-00-000Z.db.gz'];
    for (const name of others) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'thingstead-2025-01-01T00-00-00-000Z.db.partial'), 'left by a process that died');
    const deleted: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      const made = await store.backups.make();
      deleted.push(made.outcome === 'done' && made.deleted);
      now += 1000;
    }
    expect(deleted).toEqual([0, 0, 1, 1]);
    const names = readdirSync(folder);
    expect(names.filter((name) => NAME.test(name))).toEqual([
      'thingstead-2026-01-01T12-00-02-000Z.db',
      'thingstead-2026-01-01T12-00-03-000Z.db',
    ]);
    expect(names.filter((name) => !NAME.test(name)).sort()).toEqual(
      [...others, 'thingstead-2001-01-01T00-00-00-000Z.db'].sort(),
    );
    keep = 1;
    expect(await store.backups.make()).toMatchObject({ deleted: 2 });
  });

  it('does not replace one of the same name, and leaves nothing where it fails', async () => {
    await store.backups.make();
    expect(await store.backups.make()).toMatchObject({ outcome: 'failed', why: expect.stringContaining('already') });
    expect(readdirSync(folder)).toHaveLength(1);
    writeFileSync(join(directory, 'file'), '');
    folder = join(directory, 'file', 'folder');
    expect(await store.backups.make()).toMatchObject({ outcome: 'failed', why: expect.stringContaining('ENOTDIR') });
  });

  it('that the end of the process breaks off leaves nothing', async () => {
    const making = store.backups.make();
    await store.close();
    const made = await making;
    expect(made.outcome).toBe('failed');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  it('of a damaged database is none', async () => {
    const file = join(directory, 'thingstead.db');
    for (let n = 0; n < 500; n++) await store.audit.append({ ...entry(n), outcome: 'somewhere in the midst' });
    await store.close();
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.indexOf('somewhere in the midst') / 4096) * 4096;
    writeFileSync(file, bytes.fill(0xff, page, page + 8));
    store = openSqliteStore({ file, now: () => now, backups: { folder, keep } });
    expect(await store.backups.make()).toMatchObject({ outcome: 'failed' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the operation backup', () => {
  let stage: Stage;
  const audit: AuditEntry[] = [];
  beforeEach(() => {
    stage = createStage();
    audit.length = 0;
    const { append } = stage.store.audit;
    stage.store.audit.append = (each) => {
      audit.push(each);
      return append(each);
    };
    stage.backUp = () => store.backups.make();
  });
  const outcomes = () => audit.map(({ actor, action, outcome }) => [actor, action, outcome]);

  it('says where it is, how large, and how long it took, and notes it', async () => {
    const end = await stage.go('backup', { from: ADMIN });
    const file = join(folder, 'thingstead-2026-01-01T12-00-00-000Z.db');
    const bytes = String(statSync(file).size);
    expect(notesOf(end)).toEqual(['info: The backup is made.']);
    expect(end.form?.fields).toMatchObject([
      { name: 'file', values: [file] },
      { name: 'bytes', values: [bytes] },
      { name: 'seconds', values: ['0.0'] },
      { name: 'deleted', values: ['0'] },
    ]);
    expect(outcomes()).toEqual([[ADMIN, 'backup', `${file}, ${bytes} bytes`]]);
  });

  it('says why where none could be made, or one is being made', async () => {
    stage.backUp = async () => ({ outcome: 'failed', why: 'the disk is full.' });
    expect(notesOf(await stage.go('backup', { from: ADMIN }))).toEqual([
      'error: No backup could be made: the disk is full.',
    ]);
    stage.backUp = async () => ({ outcome: 'under-way' });
    expect(notesOf(await stage.go('backup', { from: ADMIN }))).toEqual([
      'error: A backup is being made already; wait until it is done.',
    ]);
    expect(outcomes()).toEqual([[ADMIN, 'backup', 'failed: the disk is full.']]);
  });

  it('answers after four seconds where it takes longer, and notes the end when it comes', async () => {
    let end: (made: Awaited<ReturnType<typeof stage.backUp>>) => void = () => undefined;
    stage.backUp = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const asked = stage.go('backup', { from: ADMIN });
    while (stage.alarms.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(stage.alarms.map(({ at }) => at - stage.now)).toEqual([4000]);
    stage.alarms[0]?.run();
    expect(notesOf(await asked)).toEqual([
      'info: The backup is being made and goes on. The log and the audit trail tell when it is done.',
    ]);
    expect(audit).toEqual([]);
    end({ outcome: 'done', file: '/x.db', bytes: 7, ms: 9000, deleted: 0 });
    while (audit.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(outcomes()).toEqual([[ADMIN, 'backup', '/x.db, 7 bytes']]);
  });

  it('is for administrators', async () => {
    expect(await stage.play('backup')).toMatchObject({ condition: 'forbidden' });
    expect(existsSync(folder)).toBe(false);
  });
});
