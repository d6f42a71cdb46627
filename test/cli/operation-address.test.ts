import { expect, it } from 'vitest';
import { operationAddress } from '../../src/cli/operation-address.js';
import type { Client } from '../../src/client/index.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { full } from '../store/contract/samples.js';

const REGISTRY = 'things.example.org';
const ADDRESS = `k3v7q2xn4a@${REGISTRY}`;
const client: Pick<Client, 'findRegistry' | 'addresses'> = {
  findRegistry: async () => ({ ok: true, value: full(REGISTRY) }),
  addresses: async () => ({ ok: true, value: [{ jid: full(ADDRESS) }] }),
};
const at = (name: string, thing?: string) =>
  operationAddress(client, OPERATIONS.find((each) => each.name === name) ?? expect.fail(name), REGISTRY, thing);

it.each(OPERATIONS.filter(({ on }) => on === 'thing').map(({ name }) => name))(
  '%s is run at the address of the Thing that is named, and else at the registry',
  async (name) => {
    expect(await at(name, 'boiler@example.org')).toEqual({ ok: true, value: ADDRESS });
    expect(await at(name)).toEqual({ ok: true, value: REGISTRY });
  },
);

it.each(OPERATIONS.filter(({ on }) => on === 'component').map(({ name }) => name))(
  '%s, which is on no Thing, is run at the registry whatever is named',
  async (name) => expect(await at(name, 'boiler@example.org')).toEqual({ ok: true, value: REGISTRY }),
);
