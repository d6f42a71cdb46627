import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileRecord } from '../../src/cli/import/file-record.js';
import { type Progress, readJournal, writeJournal } from '../../src/cli/import/journal.js';
import { type LineResult, type Send, sendRecords } from '../../src/cli/import/send.js';

const DONE = { outcome: 'done', id: '', why: '' } as const;
const allDone: Send = async (things) => ({ ok: true, rows: things.map(() => DONE) });

async function* of(...records: readonly FileRecord[]): AsyncGenerator<FileRecord> {
  yield* records;
}
const lines = (count: number, text = '{}'): FileRecord[] =>
  Array.from({ length: count }, (_, index) => ({ line: index + 1, text }));

async function sending(records: AsyncIterable<FileRecord>, send: Send, signal = new AbortController().signal) {
  const taken: LineResult[] = [];
  const ended = await sendRecords(records, {
    send,
    signal,
    atOnce: 10,
    take: (results) => void taken.push(...results),
  });
  return { ended, taken };
}

describe('what is read of a file', () => {
  it('is sent a few at a time, and what came of it is told in the order of the file', async () => {
    const sizes: number[] = [];
    let underWay = 0;
    let most = 0;
    const { ended, taken } = await sending(of(...lines(95)), async (things) => {
      most = Math.max(most, ++underWay);
      sizes.push(things.length);
      // The later ones are answered first.
      await new Promise((resolve) => setTimeout(resolve, 20 - sizes.length));
      underWay--;
      return allDone(things);
    });
    expect(ended).toEqual({ kind: 'whole' });
    expect([sizes, most]).toEqual([[10, 10, 10, 10, 10, 10, 10, 10, 10, 5], 4]);
    expect(taken.map(({ line }) => line)).toEqual(lines(95).map(({ line }) => line));
  });

  it('is never more than a stanza can hold; what is too long by itself is refused', async () => {
    const sizes: number[] = [];
    const long = 'x'.repeat(40_000);
    const records = [...lines(3, long), { line: 4, text: '&'.repeat(30_000) }, { line: 5, text: long }];
    const { taken } = await sending(of(...records), async (things) => {
      sizes.push(things.length);
      return allDone(things);
    });
    expect(sizes).toEqual([2, 2]);
    expect(taken[3]).toMatchObject({ line: 4, outcome: 'refused', why: expect.stringContaining('too long') });
  });

  it('faults of the file keep their place among what was sent', async () => {
    const { taken } = await sending(
      of({ line: 1, text: '{}' }, { line: 2, fault: 'No.' }, { line: 3, text: '{}' }),
      allDone,
    );
    expect(taken.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual(['1 done', '2 refused', '3 done']);
  });

  it('nothing after a command that failed is told of, though it may have been done', async () => {
    let count = 0;
    const { ended, taken } = await sending(of(...lines(95)), async (things) =>
      ++count === 3 ? { ok: false, why: 'Full.' } : allDone(things),
    );
    expect(ended).toEqual({ kind: 'failed', why: 'Full.', isForbidden: false });
    expect(taken.at(-1)?.line).toBe(20);
    expect(count).toBeLessThan(8);
  });

  it('an answer that does not say what came of each is none', async () => {
    const { ended, taken } = await sending(of(...lines(2)), async () => ({ ok: true, rows: [DONE] }));
    expect([ended.kind, taken]).toEqual(['failed', []]);
  });

  it('an interruption lets what is under way end', async () => {
    const controller = new AbortController();
    let count = 0;
    const send: Send = async (things) => {
      if (++count === 2) controller.abort();
      return allDone(things);
    };
    const { ended, taken } = await sending(of(...lines(95)), send, controller.signal);
    expect([ended, taken.length]).toEqual([{ kind: 'interrupted' }, count * 10]);
    expect(count).toBeLessThan(5);
  });

  it('what cannot be read on ends it, after all that came before', async () => {
    const { ended, taken } = await sending(of(...lines(3), { line: 4, broken: 'Cut off.' }), allDone);
    expect([ended, taken.length]).toEqual([{ kind: 'broken', line: 4, why: 'Cut off.' }, 3]);
  });
});

describe('the journal', () => {
  it('comes back as it was written; what is none is not taken for one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'thingstead-journal-'));
    const path = join(folder, 'journal');
    const progress: Progress = { file: 'ab', registry: 'things.x', line: 7, done: 4, unchanged: 1, refused: 1 };
    expect(readJournal(path)).toBeUndefined();
    writeJournal(path, progress);
    expect(readJournal(path)).toEqual(progress);
    for (const text of ['', '{}', readFileSync(path, 'utf8').replace('7', '-7')]) {
      writeFileSync(path, text);
      expect(() => readJournal(path)).toThrow('use --restart to begin anew');
    }
    rmSync(folder, { recursive: true });
  });
});
