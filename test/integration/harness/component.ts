import { createHash } from 'node:crypto';
import type { Element } from '../../../src/xmpp/element.js';
import type { Server } from './server.js';
import { type Predicate, XmlStream } from './xml-stream.js';

/** A component connection (XEP-0114) as raw as a test needs it: it answers nothing of itself. */
export interface RawComponent {
  readonly received: readonly Element[];
  send(text: string): void;
  next(predicate?: Predicate, timeout?: number): Promise<Element>;
  stop(): Promise<void>;
  drop(): Promise<void>;
}

/**
 * Connects as the component of `domain` with `secret` (the server's own unless told otherwise), as its second
 * connection too: ejabberd takes both.
 *
 * @throws with the stream error in the message if the server refuses
 */
export async function connectComponent(
  server: Server,
  domain: string = server.domain,
  secret: string = server.secret,
): Promise<RawComponent> {
  const stream = await XmlStream.open(
    server.address,
    server.componentPort,
    `to='${domain}' xmlns='jabber:component:accept'`,
  );
  const id = stream.header?.attrs['id'] ?? '';
  stream.send(`<handshake>${createHash('sha1').update(`${id}${secret}`).digest('hex')}</handshake>`);
  const answer = await stream.next();
  if (!answer.is('handshake')) throw new Error(`${domain} was not let in: ${answer}`);
  stream.received.length = 0;
  return {
    received: stream.received,
    send: (text) => stream.send(text),
    next: (predicate, timeout) => stream.next(predicate, timeout),
    stop: () => stream.close(),
    drop: () => stream.drop(),
  };
}
