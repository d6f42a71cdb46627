import { DISCO_INFO } from '../xep/0030-disco/codec.js';
import { element } from '../xmpp/element.js';
import type { Client } from './client.js';
import { type Outcome, refusal } from './outcome.js';
import { saysRegistry } from './session/find-registry.js';

/**
 * Whether a Thing Registry answers at an address that somebody named. A server answers in its own words for what is not
 * there, by `forbidden` too: without asking that looks like a refusal of the registry's.
 */
export async function registryAt(client: Pick<Client, 'ask'>, registry: string): Promise<Outcome<string>> {
  const reply = await client.ask('get', registry, element('query', { xmlns: DISCO_INFO }));
  if (saysRegistry(reply)) return { ok: true, value: registry };
  const why = reply.kind === 'error' ? ` (${refusal(reply.error).why})` : '';
  return { ok: false, why: `No Thing Registry answers at ${registry}${why}.` };
}
