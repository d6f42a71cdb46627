import { type Client, createClient, registryAt } from '../client/index.js';
import { type AccountOptions, readAccount } from './account-options.js';
import { NOT_REACHED, WRONG } from './exit-status.js';
import { terminal } from './terminal.js';

/** Ends the command with what is wrong, a line each. */
export function failing(command: string): (status: number, faults: readonly string[]) => never {
  return (status, faults) => {
    process.stderr.write(`thingstead ${command} cannot run:\n${faults.map((fault) => `- ${fault}\n`).join('')}`);
    process.exit(status);
  };
}

/** Logs the account in that the options name, and finds its registry. Where that is not possible the command ends. */
export async function logIn(
  command: string,
  options: AccountOptions,
): Promise<{ readonly client: Client; readonly registry: string }> {
  const client = await logInAlone(command, options);
  const found = await client.findRegistry();
  const registry = found.ok ? await registryAt(client, found.value) : found;
  if (registry.ok) return { client, registry: registry.value };
  await client.stop();
  return failing(command)(NOT_REACHED, [registry.why]);
}

/** The same for those who may do without a registry. */
export async function logInAlone(command: string, options: AccountOptions): Promise<Client> {
  const fail = failing(command);
  const account = await readAccount(options, process.env, terminal());
  if ('faults' in account) return fail(WRONG, account.faults);
  const { registry } = account;
  const client = made(() => createClient({ account, ...(registry !== undefined && { registry }) }), fail);
  const started = await client.start();
  return started.ok ? client : fail(NOT_REACHED, [started.why]);
}

function made(make: () => Client, fail: ReturnType<typeof failing>): Client {
  try {
    return make();
  } catch (error) {
    return fail(WRONG, [error instanceof Error ? error.message : String(error)]);
  }
}
