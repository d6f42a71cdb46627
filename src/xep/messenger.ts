import type { BareJid } from '../domain/jid.js';
import type { News } from '../domain/notice.js';
import type { Messenger, Told } from '../domain/ports.js';
import type { ThingAddress } from '../domain/thing.js';
import type { Caller, Reply } from '../xmpp/caller.js';
import { type Element, element } from '../xmpp/element.js';
import { saysGone } from '../xmpp/stanza-error.js';
import { encodeClearCache, encodeUnfriend } from './0324-provisioning/codec.js';
import { encodeClaimed, encodeDisowned, encodeRemoved } from './0347-registry/notices-codec.js';

/** Tells Things their news by IQ, from the domain (XEP-0347 sections 3.9, 3.10 and 3.17; XEP-0324 sections 3.2.3 and 3.5.1). */
export function createMessenger(
  caller: Pick<Caller, 'ask'>,
  send: (stanza: Element) => boolean,
  domain: BareJid,
): Messenger {
  /** A message has no answer; that of the IQ after it says that both have come. */
  function unfriend(session: string, lost: readonly BareJid[]): void {
    for (const jid of lost) {
      // For this session or for nobody: kept for later, it might be true no longer when it is read.
      send(element('message', { type: 'headline', from: domain, to: session }, encodeUnfriend(jid)));
    }
  }

  return {
    async tell(session, address, news, deadlineMs, acknowledgedLate) {
      const onLate = (reply: Reply): void => {
        if (reply.kind === 'result') acknowledgedLate();
      };
      if (news.kind === 'friends') unfriend(session, news.lost);
      const payload = encodeNews(news, address);
      return toldBy(
        await caller.ask({ to: session, from: domain, type: 'set', payload, timeoutMs: deadlineMs, onLate }),
      );
    },
  };
}

function toldBy(reply: Reply): Told {
  if (reply.kind === 'result') return 'acknowledged';
  if (reply.kind === 'silent') return reply.unsent ? 'unsent' : 'silent';
  return saysGone(reply.error) ? 'gone' : 'refused';
}

function encodeNews(news: News, node: ThingAddress): Element {
  switch (news.kind) {
    case 'claimed':
      return encodeClaimed({ jid: news.owner, isPublic: news.isPublic, node });
    case 'disowned':
      return encodeDisowned(node);
    case 'removed':
      return encodeRemoved(node);
    case 'friends':
      return encodeClearCache();
  }
}
