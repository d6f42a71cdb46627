import { closeSync, openSync, writeSync } from 'node:fs';
import { csvRow } from '../csv.js';
import type { LineResult } from './send.js';

/** Tells of every line in a file: `.csv` as comma-separated values, any other name as JSON lines. */
export interface Report {
  add(results: readonly LineResult[]): void;
  close(): void;
}

const COLUMNS = ['line', 'outcome', 'id', 'why'] as const;

/** @param goesOn whether to write after what an earlier run has written. @throws Error where the file cannot be written. */
export function openReport(path: string, goesOn: boolean): Report {
  const isCsv = path.toLowerCase().endsWith('.csv');
  const file = openSync(path, goesOn ? 'a' : 'w', 0o600);
  if (isCsv && !goesOn) writeSync(file, `${csvRow(COLUMNS)}\r\n`);
  return {
    add(results) {
      const rows = results.map((result) =>
        isCsv ? `${csvRow(COLUMNS.map((name) => String(result[name])))}\r\n` : `${JSON.stringify(result)}\n`,
      );
      writeSync(file, rows.join(''));
    },
    close: () => closeSync(file),
  };
}
