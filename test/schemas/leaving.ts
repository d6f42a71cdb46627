import { childElements, type Element, namespaceOf, serialize } from '../../src/xmpp/element.js';
import { parseXml } from '../xep/stanza-files.js';

/**
 * The stanzas that components send in the tests of one file, kept until the end of the test that they leave in, when
 * `setup.ts` validates them. What is not caught where it leaves a test's own router is caught where it leaves a
 * component's stream, and of components that are processes of their own where it comes to a client.
 */
export interface Leaving {
  /** Keeps what goes through a connection that a test plays. */
  through(send: (stanza: Element) => boolean): (stanza: Element) => boolean;
  /** Keeps what is written to the streams of this domain from now on, by components in this process. */
  onStreamsOf(domain: string): void;
  /** Keeps what clients receive from this domain from now on: the component is another process. */
  toClientsOf(domain: string): void;
  /** Something is written to a stream; kept, if a component's. */
  written(domain: string, xml: string): void;
  /** Something has come to a client; kept, if a component's. */
  received(stanza: Element): void;
  /** Gives what was kept since the last time, and forgets it. */
  take(): readonly string[];
}

export function createLeaving(): Leaving {
  const inProcess = new Set<string>();
  const elsewhere = new Set<string>();
  let kept: string[] = [];
  return {
    through: (send) => (stanza) => {
      kept.push(serialize(stanza));
      return send(stanza);
    },
    onStreamsOf: (domain) => void inProcess.add(domain),
    toClientsOf: (domain) => void elsewhere.add(domain),
    written(domain, xml) {
      if (inProcess.has(domain)) kept.push(xml);
    },
    received(stanza) {
      if (elsewhere.has(domainOf(stanza.attrs['from']))) kept.push(serialize(withoutAdditions(stanza)));
    },
    take() {
      const taken = kept;
      kept = [];
      return taken;
    },
  };
}

/** Those of this file. */
export const leaving = createLeaving();

function domainOf(jid: unknown): string {
  return String(jid)
    .replace(/^[^@/]*@/, '')
    .replace(/\/.*/s, '');
}

/** Without what the server puts in: when a message was sent that it kept, and in an error what the client had written. */
function withoutAdditions(stanza: Element): Element {
  const isError = stanza.attrs['type'] === 'error';
  const isAdded = (child: Element) =>
    namespaceOf(child) === 'urn:xmpp:delay' || (isError && child.getName() !== 'error');
  const copy = parseXml(serialize(stanza));
  for (const child of childElements(copy).filter(isAdded)) copy.remove(child);
  return copy;
}
