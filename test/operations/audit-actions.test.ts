import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { AUDITED } from '../../src/domain/audit.js';
import { OPERATIONS } from '../../src/operations/index.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
/** An entry says its action in its own literal, unless `audited` or `auditedOn` makes it, whose types hold the table. */
const ACTION = /\baction: '([^']+)'/g;
const ENTRY = /\b(audit\.append|AuditEntry\b|\bentry = |\baudited(On)?\()/;

/** The actions of entries that these files write by themselves, or have noted as refused. */
const written = ['domain', 'operations'].flatMap((layer) =>
  readdirSync(join(SRC, layer), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(SRC, layer, file), 'utf8'))
    .filter((text) => ENTRY.test(text))
    .flatMap((text) => [...text.matchAll(ACTION)].map(([, action = '']) => action)),
);

it('whatever is noted in the audit trail is in the table, from which one chooses', () => {
  expect(written).toEqual(expect.arrayContaining(['block', 'unblock', 'backup', 'purge', 'notify', 'erase-former']));
  const field = OPERATIONS.find(({ name }) => name === 'audit')?.fields['action'];
  const options = field?.options?.map(({ value }) => value) ?? [];
  expect(options).toEqual(expect.arrayContaining([...AUDITED]));
  expect(written.filter((action) => !options.includes(action))).toEqual([]);
  expect(new Set(options).size).toBe(options.length);
});
