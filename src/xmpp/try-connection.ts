import { connect } from 'node:net';
import { element, serialize } from './element.js';
import { createParser, DEFAULT_LIMITS } from './parser.js';
import { openStream } from './stream.js';
import { type Endpoint, explainSocketError, explainStreamError } from './stream-fault.js';

/** How long the server may take for all of it, in ms. */
const PATIENCE_MS = 10_000;
const NAMESPACE = 'jabber:component:accept';

/**
 * Joins a server as a component once, and leaves it. While another component serves the domain, this takes stanzas
 * from it and its presence grant for good (DESIGN section 2): it is for when there is none.
 *
 * @returns why the server did not let us in; undefined if it did.
 */
export async function tryToJoin(endpoint: Endpoint & { readonly secret: string }): Promise<string | undefined> {
  let letIn = false;
  const stream = openStream(
    { ...endpoint, limits: DEFAULT_LIMITS, openMs: PATIENCE_MS, closeMs: 3000 },
    {
      online: () => {
        letIn = true;
        void stream.close('it was a trial');
      },
      stanza: () => undefined,
      refused: () => undefined,
    },
  );
  const reason = await stream.ended;
  return letIn ? undefined : reason;
}

/**
 * Opens a stream for components and closes it without a handshake, which no component beside this notices.
 *
 * @returns why no such stream can be opened there; undefined if one can.
 */
export function greet(endpoint: Endpoint): Promise<string | undefined> {
  const { service, domain } = endpoint;
  const { hostname, port } = new URL(service);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
    let isOpened = false;
    const end = (why: string | undefined): void => {
      clearTimeout(timer);
      resolve(why);
      socket.destroy();
    };
    const timer = setTimeout(() => {
      end(`${service} did not answer within ${PATIENCE_MS / 1000} s: is it a port for components?`);
    }, PATIENCE_MS);
    const parser = createParser({
      opened: (root) => {
        isOpened = root.attrs['xmlns'] === NAMESPACE;
        if (!isOpened) end(explainStreamError(INVALID_NAMESPACE, endpoint));
        else socket.write('</stream:stream>'); // what it has against us, it says before its own goodbye
      },
      element: (received) => end(explainStreamError(received, endpoint)),
      refused: () => end(`what ${service} sent is no answer to a component`),
      closed: () => end(undefined),
      fault: (_condition, why) => end(`what ${service} sent is no XMPP: ${why}`),
    });
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      const header = { xmlns: NAMESPACE, 'xmlns:stream': 'http://etherx.jabber.org/streams', to: domain };
      socket.write(serialize(element('stream:stream', header)).replace('/>', '>'));
    });
    socket.on('data', (text) => parser.write(String(text)));
    socket.on('error', (error) => end(explainSocketError(error, endpoint)));
    socket.on('close', () => end(isOpened ? undefined : `${service} closed the connection`));
  });
}

const INVALID_NAMESPACE = element('stream:error', {}, element('invalid-namespace'));
