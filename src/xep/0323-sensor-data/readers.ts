import type { ReaderMessage, Readers } from '../../domain/read-out/ports.js';
import type { Caller } from '../../xmpp/caller.js';
import { type Element, element } from '../../xmpp/element.js';
import { encodeNumbered } from './codec.js';
import { encodeFailure } from './failure-codec.js';
import { encodeFields } from './fields-codec.js';

/**
 * Tells those who asked, from the address that they asked. All is `headline`: for this session or for nobody (an untyped
 * message to a session that is gone ends on the user's phone, or in the store for those who are off line).
 *
 * @param drained resolves when the connection can take more
 */
export function createReaders(
  caller: Caller,
  send: (stanza: Element) => boolean,
  drained: () => Promise<void>,
): Readers {
  return {
    async send({ asker, self }, message) {
      const sent = send(element('message', { type: 'headline', from: self, to: asker }, encode(message)));
      if (sent) await drained();
      return sent;
    },

    async ping({ asker, self }, timeoutMs) {
      const payload = element('ping', { xmlns: 'urn:xmpp:ping' });
      const reply = await caller.ask({ to: asker, from: self, type: 'get', payload, timeoutMs });
      return reply.kind === 'result';
    },
  };
}

function encode(message: ReaderMessage): Element {
  const { seqnr } = message;
  switch (message.kind) {
    case 'started':
      return encodeNumbered('started', { seqnr });
    case 'fields':
      return encodeFields({ seqnr, done: false, samples: message.samples });
    case 'failure':
      return encodeFailure({ seqnr, done: false, errors: message.errors });
    case 'done':
      // Never <done/>: one library has no handler for it, and another loses data that comes with `done`.
      return encodeFields({ seqnr, done: true, samples: [] });
  }
}
