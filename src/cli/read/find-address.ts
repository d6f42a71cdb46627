import type { Client, Outcome } from '../../client/index.js';

/** An ownership's id: what a brokered address begins with. */
const ID = /^[a-z2-7]{10}$/;

/**
 * Where to read what a person calls a Thing: its id at the registry, the address that the registry has for it, or the
 * device's own bare JID, for which the registry is asked. A full JID is taken for a device that is to be read directly.
 */
export async function findAddress(
  client: Pick<Client, 'findRegistry' | 'addresses'>,
  thing: string,
): Promise<Outcome<string>> {
  if (thing.includes('/')) return { ok: true, value: thing };
  const registry = await client.findRegistry();
  if (!registry.ok) return registry;
  if (ID.test(thing)) return { ok: true, value: `${thing}@${registry.value}` };
  if (!thing.includes('@') || thing.endsWith(`@${registry.value}`)) return { ok: true, value: thing };
  const found = await client.addresses(thing);
  if (!found.ok) return { ...found, why: `You may see no Thing of ${thing} (${found.why})` };
  const [first, ...others] = found.value;
  if (first === undefined) return { ok: false, why: `You may see no Thing of ${thing}.` };
  if (others.length === 0) return { ok: true, value: first.jid };
  const list = found.value.map(({ jid, name }) => `\n  ${jid}${name === undefined ? '' : `  ${name}`}`).join('');
  return { ok: false, why: `${thing} has several Things; name one of them:${list}` };
}
