import type { BareJid } from '../../domain/jid.js';
import type { News } from '../../domain/notice.js';
import type { Messenger, Told } from '../../domain/ports.js';
import type { ThingAddress } from '../../domain/thing.js';
import type { Caller, Reply } from '../../xmpp/caller.js';
import type { Element } from '../../xmpp/element.js';
import { saysGone } from '../../xmpp/stanza-error.js';
import { encodeClaimed, encodeDisowned, encodeRemoved } from './notices-codec.js';

/** Tells Things their news by IQ, from the domain (XEP-0347 sections 3.9, 3.10 and 3.17). */
export function createMessenger(caller: Caller, domain: BareJid): Messenger {
  return {
    async tell(session, address, news, deadlineMs, acknowledgedLate) {
      const onLate = (reply: Reply): void => {
        if (reply.kind === 'result') acknowledgedLate();
      };
      const payload = encodeNews(news, address);
      return toldBy(
        await caller.ask({ to: session, from: domain, type: 'set', payload, timeoutMs: deadlineMs, onLate }),
      );
    },
  };
}

function toldBy(reply: Reply): Told {
  if (reply.kind === 'result') return 'acknowledged';
  if (reply.kind === 'silent') return 'silent';
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
  }
}
