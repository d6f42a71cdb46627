import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Account } from '../client/session/session.js';

/** The options by which a command is told its XMPP account. */
export interface AccountOptions {
  readonly jid?: string;
  readonly service?: string;
  readonly passwordFile?: string;
  readonly register?: boolean;
  readonly allowPlain?: boolean;
  readonly ca?: string;
}

/** What the options leave open is looked up here. A password is never an argument: everyone sees those. */
const VARIABLES = {
  jid: 'THINGSTEAD_JID',
  service: 'THINGSTEAD_CLIENT_SERVICE',
  password: 'THINGSTEAD_PASSWORD',
  passwordFile: 'THINGSTEAD_PASSWORD_FILE',
} as const;

export function addAccountOptions(command: Command): Command {
  return command
    .option('--jid <jid>', `the account, such as sensor@example.org (or ${VARIABLES.jid})`)
    .option('--password-file <file>', `its password (or ${VARIABLES.passwordFile}, or ${VARIABLES.password})`)
    .option('--register', 'open the account if there is none; the password file is made, too, if there is none')
    .option('--service <uri>', `the server, xmpp://host:port; found by DNS otherwise (or ${VARIABLES.service})`)
    .option('--ca <file>', 'certificates (PEM) of authorities to trust instead of the usual ones')
    .option('--allow-plain', 'go on where the server offers no encryption');
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the account, or all that is wrong with what was said about it, one line each. */
export function readAccount(options: AccountOptions, environment: Environment): Account | { faults: string[] } {
  const faults: string[] = [];
  const jid = options.jid ?? environment[VARIABLES.jid];
  const service = options.service ?? environment[VARIABLES.service];
  if (jid === undefined) faults.push(`no account is given: use --jid or ${VARIABLES.jid}`);
  const password = attempt(() => readPassword(options, environment), faults);
  const ca = attempt(() => (options.ca === undefined ? undefined : readFileSync(options.ca, 'utf8')), faults);
  if (faults.length > 0 || jid === undefined || password === undefined) return { faults };
  return {
    jid,
    password,
    ...(service !== undefined && { service }),
    ...(ca !== undefined && { ca }),
    register: options.register ?? false,
    allowPlain: options.allowPlain ?? false,
  };
}

function attempt<T>(read: () => T, faults: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function readPassword({ passwordFile, register }: AccountOptions, environment: Environment): string {
  const file = passwordFile ?? environment[VARIABLES.passwordFile];
  const given = environment[VARIABLES.password];
  if (file === undefined && given !== undefined && given !== '') return given;
  if (file === undefined) {
    throw new Error(`no password is given: use --password-file, ${VARIABLES.passwordFile} or ${VARIABLES.password}`);
  }
  if (!existsSync(file) && register === true)
    writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`others may read ${file}: chmod it to 600`);
  const password = readFileSync(file, 'utf8').trim();
  if (password === '') throw new Error(`${file} is empty; the password should be in it`);
  return password;
}
