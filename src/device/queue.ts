import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../domain/read-out/report.js';
import { decodeFields, encodeFields } from '../xep/0323-sensor-data/fields-codec.js';
import { type Element, element, sayable, serialize } from '../xmpp/element.js';
import { createParser } from '../xmpp/parser.js';

/** Readings that wait to be sent, and whose they are: another owner is never given them. */
export interface Waiting {
  readonly id: number;
  readonly owner: string;
  readonly samples: readonly Sample[];
}

/** Readings that the registry has not got yet, oldest first. Bounded: when it is full, the oldest make room. */
export interface Queue {
  readonly size: number;
  /**
   * Resolves to nothing: when it returns, the readings are on disk.
   *
   * @returns how many were dropped to make room.
   * @throws the file system's error if they cannot be kept.
   */
  add(owner: string, samples: readonly Sample[]): number;
  /** The oldest, at most so many. One that cannot be read any more is thrown away. */
  oldest(count: number): readonly Waiting[];
  remove(id: number): void;
  clear(): void;
}

/**
 * Keeps readings in a folder, a file for each report: written aside, brought to disk, and only then given its name, so
 * that a power cut leaves whole files or none. Only its owner can read them.
 *
 * @param most how many reports are kept
 */
export function folderQueue(folder: string, most = 10_000): Queue {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ids = readdirSync(folder)
    .flatMap((name) => (FILE.test(name) ? [Number.parseInt(name, 10)] : []))
    .sort((a, b) => a - b);
  let last = ids.at(-1) ?? 0;
  const fileOf = (id: number): string => join(folder, `${String(id).padStart(DIGITS, '0')}.xml`);

  function remove(id: number): void {
    rmSync(fileOf(id), { force: true });
    const at = ids.indexOf(id);
    if (at >= 0) ids.splice(at, 1);
  }

  return {
    get size() {
      return ids.length;
    },
    add(owner, samples) {
      const id = last + 1;
      writeDurably(folder, fileOf(id), serialize(encodeReport(owner, samples)));
      last = id;
      ids.push(id);
      const tooMany = ids.slice(0, Math.max(0, ids.length - most));
      for (const old of tooMany) remove(old);
      return tooMany.length;
    },
    oldest(count) {
      const found: Waiting[] = [];
      for (const id of [...ids]) {
        if (found.length >= count) break;
        const report = readReport(fileOf(id));
        if (report === undefined) remove(id);
        else found.push({ id, ...report });
      }
      return found;
    },
    remove,
    clear() {
      for (const id of [...ids]) remove(id);
    },
  };
}

const DIGITS = 12;
const FILE = /^\d{12}\.xml$/;
const SEQNR = { value: 0, text: '0' };

function writeDurably(folder: string, file: string, text: string): void {
  const aside = `${file}.new`;
  writeFileSync(aside, sayable(text), { mode: 0o600, flush: true });
  renameSync(aside, file);
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function encodeReport(owner: string, samples: readonly Sample[]): Element {
  return element('report', { owner }, encodeFields({ seqnr: SEQNR, done: true, samples }));
}

function readReport(file: string): Omit<Waiting, 'id'> | undefined {
  const report = parse(textOf(file));
  const [fields] = report?.getChildElements() ?? [];
  const owner: unknown = report?.attrs['owner'];
  const decoded = fields === undefined ? undefined : decodeFields(fields, () => (wall) => wall);
  if (typeof owner !== 'string' || decoded?.ok !== true) return undefined;
  return { owner, samples: decoded.value.samples };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parse(xml: string): Element | undefined {
  const found: Element[] = [];
  const nothing = (): void => undefined;
  const events = { opened: nothing, refused: nothing, closed: nothing, fault: nothing };
  createParser({ ...events, element: (report) => found.push(report) }).write(`<reports>${xml}</reports>`);
  return found[0];
}
