import { type FullJid, reachable } from '../../domain/jid.js';
import { DISCO_INFO, DISCO_ITEMS, decodeInfo, decodeItems } from '../../xep/0030-disco/codec.js';
import { DISCOVERY } from '../../xep/0347-registry/codec.js';
import type { Reply } from '../../xmpp/caller.js';
import { element } from '../../xmpp/element.js';
import type { Session } from './session.js';

const TIMEOUT_MS = 10_000;

/**
 * Finds the Thing Registry among the components of the account's server (XEP-0347 section 3.4, the last of its ways).
 *
 * @returns undefined if there is none, or the server did not answer.
 */
export async function findRegistry(session: Pick<Session, 'ask' | 'server'>): Promise<FullJid | undefined> {
  const reply = await session.ask({
    to: session.server,
    type: 'get',
    payload: element('query', { xmlns: DISCO_ITEMS }),
    timeoutMs: TIMEOUT_MS,
  });
  const listed = reply.kind === 'result' && reply.payload !== undefined ? decodeItems(reply.payload) : undefined;
  if (!listed?.ok) return undefined;
  const candidates = listed.value.items.flatMap(({ jid, node }) => (node === undefined ? (reachable(jid) ?? []) : []));
  const registries = await Promise.all(candidates.map((jid) => isRegistry(session, jid)));
  return candidates.find((_, index) => registries[index]);
}

async function isRegistry(session: Pick<Session, 'ask'>, jid: FullJid): Promise<boolean> {
  const payload = element('query', { xmlns: DISCO_INFO });
  return saysRegistry(await session.ask({ to: jid, type: 'get', payload, timeoutMs: TIMEOUT_MS }));
}

/** Whether an answer about what something is says that it is a Thing Registry. */
export function saysRegistry(reply: Reply): boolean {
  const info = reply.kind === 'result' && reply.payload !== undefined ? decodeInfo(reply.payload) : undefined;
  return info?.ok === true && info.value.features.includes(DISCOVERY);
}
