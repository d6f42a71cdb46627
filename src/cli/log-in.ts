import { type Client, createClient } from '../client/index.js';
import { type AccountOptions, readAccount } from './account-options.js';
import { NOT_DONE, WRONG } from './operation-output.js';

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
  options: AccountOptions & { readonly registry?: string },
): Promise<{ readonly client: Client; readonly registry: string }> {
  const fail = failing(command);
  const account = await readAccount(options, process.env);
  if ('faults' in account) return fail(WRONG, account.faults);
  const client = made(() => createClient({ account, ...(options.registry && { registry: options.registry }) }), fail);
  const started = await client.start();
  if (!started.ok) return fail(NOT_DONE, [started.why]);
  const registry = await client.findRegistry();
  if (registry.ok) return { client, registry: registry.value };
  await client.stop();
  return fail(NOT_DONE, [registry.why]);
}

function made(make: () => Client, fail: ReturnType<typeof failing>): Client {
  try {
    return make();
  } catch (error) {
    return fail(WRONG, [error instanceof Error ? error.message : String(error)]);
  }
}
