import type { Client, Outcome } from '../client/index.js';
import type { Operation } from '../operations/operation.js';
import { findAddress } from './read/find-address.js';

/**
 * Where a command is run: one on a Thing that is named, at the Thing's address; any other at the registry's, also where
 * it has a field `thing` of its own.
 */
export async function operationAddress(
  client: Pick<Client, 'findRegistry' | 'addresses'>,
  { on }: Pick<Operation, 'on'>,
  registry: string,
  thing: string | undefined,
): Promise<Outcome<string>> {
  return on === 'thing' && thing !== undefined ? findAddress(client, thing) : { ok: true, value: registry };
}
