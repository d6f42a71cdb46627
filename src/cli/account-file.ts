import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { readSecretFile } from './secret-file.js';

/** What a file says of an account. Files that it names are beside it, unless their path begins with a slash. */
export interface AccountFile {
  readonly jid?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly service?: string;
  readonly registry?: string;
  readonly ca?: string;
}

const KEYS = ['jid', 'password', 'passwordFile', 'service', 'registry', 'ca'] as const satisfies (keyof AccountFile)[];
const FILES: readonly string[] = ['passwordFile', 'ca'] satisfies (keyof AccountFile)[];

/** Where an account is looked for that nothing else is said of. */
export function usualAccountFile(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CONFIG_HOME, HOME } = environment;
  const folder = XDG_CONFIG_HOME || (HOME && join(HOME, '.config'));
  const file = folder && join(folder, 'thingstead', 'account.yml');
  return file && existsSync(file) ? file : undefined;
}

/** @throws Error that says what is wrong with the file, without what it says. */
export function readAccountFile(file: string): AccountFile {
  const document = parseDocument(readSecretFile(file), { schema: 'failsafe', logLevel: 'silent' });
  // The words of the library quote the file, and so perhaps the password.
  const [fault] = document.errors;
  if (fault !== undefined) throw new Error(`${file} is not YAML at line ${fault.linePos?.[0].line ?? 1}`);
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error(`${file} does not consist of lines such as "jid: anna@example.org"`);
  }
  const account: Record<string, string> = {};
  for (const [key, value] of Object.entries(content)) {
    if (!KEYS.some((known) => known === key))
      throw new Error(`${file} has a key "${key}"; known are ${KEYS.join(', ')}`);
    if (typeof value !== 'string') throw new Error(`${file}: ${key} is not a text; put it in quotes`);
    account[key] = FILES.includes(key) ? resolve(dirname(file), value) : value;
  }
  if (account['password'] !== undefined && account['passwordFile'] !== undefined) {
    throw new Error(`${file} has both password and passwordFile; leave one out`);
  }
  return account;
}
