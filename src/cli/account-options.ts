import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Account } from '../client/session/session.js';
import { type AccountFile, readAccountFile, usualAccountFile } from './account-file.js';
import { readSecretFile } from './secret-file.js';
import type { Terminal } from './terminal.js';

/** The options by which a command is told its XMPP account. */
export interface AccountOptions {
  readonly account?: string;
  readonly jid?: string;
  readonly service?: string;
  readonly passwordFile?: string;
  readonly register?: boolean;
  readonly allowPlain?: boolean;
  readonly ca?: string;
  /** Of those commands that speak to a registry. */
  readonly registry?: string;
}

/** Their names. */
export const ACCOUNT_KEYS = [
  'account',
  'jid',
  'service',
  'passwordFile',
  'register',
  'allowPlain',
  'ca',
  'registry',
] as const satisfies readonly (keyof AccountOptions)[];

/** An account, and the registry that goes with it where one was named. */
export type GivenAccount = Account & { readonly registry?: string };

/** What the options leave open is looked up here, then in a file. A password is never an argument: everyone sees those. */
const VARIABLES = {
  account: 'THINGSTEAD_ACCOUNT',
  jid: 'THINGSTEAD_JID',
  service: 'THINGSTEAD_CLIENT_SERVICE',
  password: 'THINGSTEAD_PASSWORD',
  passwordFile: 'THINGSTEAD_PASSWORD_FILE',
  registry: 'THINGSTEAD_REGISTRY',
} as const;

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--account <file>', `what is not said here: jid, password, service ... (or ${VARIABLES.account})`],
  ['--jid <jid>', `the account, such as sensor@example.org (or ${VARIABLES.jid})`],
  [
    '--password-file <file>',
    `its password (or ${VARIABLES.passwordFile}, or ${VARIABLES.password}); asked for at a terminal otherwise`,
  ],
  ['--register', 'open the account if there is none; the password file is made, too, if there is none'],
  ['--service <uri>', `the server, xmpp://host:port; found by DNS otherwise (or ${VARIABLES.service})`],
  ['--ca <file>', 'certificates (PEM) of authorities to trust instead of the usual ones'],
  ['--allow-plain', 'go on where the server offers no encryption'],
];

export function addAccountOptions(command: Command): Command {
  for (const [flags, about] of OPTIONS) command.addOption(new Option(flags, about).helpGroup('Account:'));
  return command;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts an account together: options before the environment before a file.
 *
 * @param at who is asked for the password where none is given.
 * @returns the account, or all that is wrong with what was said about it, one line each.
 */
export async function readAccount(
  options: AccountOptions,
  environment: Environment,
  at?: Terminal,
): Promise<GivenAccount | { readonly faults: readonly string[] }> {
  const faults: string[] = [];
  const file = (await attempt(() => readFile(options, environment), faults)) ?? {};
  const jid = options.jid ?? given(environment, 'jid') ?? file.jid;
  const service = options.service ?? given(environment, 'service') ?? file.service;
  const registry = options.registry ?? given(environment, 'registry') ?? file.registry;
  if (jid === undefined) faults.push(`no account is given: use --jid, ${VARIABLES.jid}, or --account`);
  const password = await attempt(() => readPassword(options, environment, file, jid ?? '', at), faults);
  const authorities = options.ca ?? file.ca;
  const ca = await attempt(() => (authorities === undefined ? undefined : readFileSync(authorities, 'utf8')), faults);
  if (faults.length > 0 || jid === undefined || password === undefined) return { faults };
  return {
    jid,
    password,
    ...(service !== undefined && { service }),
    ...(ca !== undefined && { ca }),
    ...(registry !== undefined && { registry }),
    register: options.register ?? false,
    allowPlain: options.allowPlain ?? false,
  };
}

async function attempt<T>(read: () => T | Promise<T>, faults: string[]): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** A variable that is empty counts as not given. */
function given(environment: Environment, name: keyof typeof VARIABLES): string | undefined {
  return environment[VARIABLES[name]] || undefined;
}

/** The file of another account says nothing of this one, and its password is not to be sent for it. */
function readFile(options: AccountOptions, environment: Environment): AccountFile {
  const named = options.account ?? given(environment, 'account');
  const file = named ?? usualAccountFile(environment);
  if (file === undefined) return {};
  const jid = options.jid ?? given(environment, 'jid');
  const account = readAccountFile(file);
  if (jid === undefined || account.jid === undefined || jid === account.jid) return account;
  if (named === undefined) return {};
  throw new Error(`${file} is of the account ${account.jid}, and ${jid} is named; leave out one of the two`);
}

async function readPassword(
  { passwordFile, register }: AccountOptions,
  environment: Environment,
  account: AccountFile,
  jid: string,
  at: Terminal | undefined,
): Promise<string> {
  const file = passwordFile ?? given(environment, 'passwordFile');
  if (file !== undefined) return ofFile(file, register === true);
  const password = given(environment, 'password') ?? account.password;
  if (password !== undefined) return password;
  if (account.passwordFile !== undefined) return ofFile(account.passwordFile, false);
  const typed = jid === '' ? '' : await at?.askSecret(`Password of ${jid}: `);
  if (typed) return typed;
  throw new Error(
    `no password is given: use --password-file, ${VARIABLES.passwordFile}, ${VARIABLES.password} or --account`,
  );
}

function ofFile(file: string, mayMake: boolean): string {
  if (mayMake && !existsSync(file)) {
    writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  }
  return readSecretFile(file);
}
