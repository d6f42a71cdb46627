import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { field, folderQueue } from '../../src/device/index.js';
import type { Sample } from '../../src/domain/read-out/report.js';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'thingstead-queue-')), 'queue');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const OWNER = 'anna@example.org';

function samples(value: number): readonly Sample[] {
  const node = { nodeId: '', sourceId: '', cacheType: '' };
  return [{ node, at: { ms: value * 1000, offsetMinutes: 0 }, fields: [field.numeric('T', value, '°C')] }];
}

const values = (queue: ReturnType<typeof folderQueue>): string[] =>
  queue.oldest(1000).map(({ samples: [sample] }) => sample?.fields[0]?.value ?? '');

describe('a queue in a folder', () => {
  test('gives back what was put in, oldest first, also after a restart', () => {
    const queue = folderQueue(folder);
    for (const value of [1, 2, 3]) expect(queue.add(OWNER, samples(value))).toBe(0);
    expect(queue.oldest(2).map(({ samples: kept }) => kept)).toEqual([samples(1), samples(2)]);
    queue.remove(queue.oldest(1)[0]?.id ?? 0);
    const again = folderQueue(folder);
    expect(again.size).toBe(2);
    again.add('bert@example.org', samples(4));
    expect(values(again)).toEqual(['2', '3', '4']);
    expect(again.oldest(9).map(({ owner }) => owner)).toEqual([OWNER, OWNER, 'bert@example.org']);
  });

  test('holds so many and no more: the oldest make room', () => {
    const queue = folderQueue(folder, 3);
    const dropped = [1, 2, 3, 4, 5].map((value) => queue.add(OWNER, samples(value)));
    expect(dropped).toEqual([0, 0, 0, 1, 1]);
    expect(values(queue)).toEqual(['3', '4', '5']);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(values(folderQueue(folder, 3))).toEqual(['3', '4', '5']);
  });

  test('nobody else can read it', () => {
    folderQueue(folder).add(OWNER, samples(1));
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
  });

  test('throws away what cannot be read, and leaves alone what is not its own', () => {
    const queue = folderQueue(folder);
    queue.add(OWNER, samples(1));
    for (const [id, text] of ['', '<report', '<report/>', '<report owner="a"><x/></report>', '\0'].entries()) {
      writeFileSync(join(folder, `00000000009${id}.xml`), text);
    }
    writeFileSync(join(folder, '000000000002.xml.new'), 'cut off');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const again = folderQueue(folder);
    expect(again.size).toBe(6);
    expect(values(again)).toEqual(['1']);
    expect(again.size).toBe(1);
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
    again.add(OWNER, samples(2));
    expect(values(again)).toEqual(['1', '2']);
  });

  test('any sequence of adding, removing and restarting keeps the newest that were not removed', () => {
    const acts = fc.array(fc.constantFrom('add', 'remove', 'restart'), { maxLength: 30 });
    fc.assert(
      fc.property(acts, (steps) => {
        rmSync(folder, { recursive: true, force: true });
        let queue = folderQueue(folder, 5);
        let model: string[] = [];
        const perform: Readonly<Record<string, (step: number) => void>> = {
          add(step) {
            queue.add(OWNER, samples(step));
            model = [...model, String(step)].slice(-5);
          },
          remove() {
            for (const { id } of queue.oldest(1)) queue.remove(id);
            model = model.slice(1);
          },
          restart() {
            queue = folderQueue(folder, 5);
          },
        };
        for (const [step, act] of steps.entries()) {
          perform[act]?.(step);
          expect(values(queue)).toEqual(model);
        }
      }),
      { numRuns: 30 },
    );
  });
});
