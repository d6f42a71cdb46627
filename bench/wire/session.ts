import { connect, type Socket } from 'node:net';
import type { Server } from '../../scripts/ejabberd/server.js';
import { connectClient } from '../../test/integration/harness/client.js';
import { attribute, createScanner } from './scanner.js';

/** A user who is logged in, and takes what it gets as text. */
export interface Session {
  /** The full JID. */
  readonly jid: string;
  send(stanza: string): void;
  close(): void;
}

const PASSWORD = 'correct horse battery staple';
const STREAM = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`;

/**
 * Logs a user in, whose account is made where there is none. Requests that it gets are answered by empty results, as a device
 * answers its notices.
 *
 * @param onAnswer gets the id of each answer and receipt, and whether it was an error.
 */
export async function openSession(
  server: Server,
  user: string,
  onAnswer: (id: string, isError: boolean) => void,
): Promise<Session> {
  await (await connectClient(server, user)).stop(); // the account is there now
  const socket = connect({ host: server.address, port: server.c2sPort, noDelay: true });
  let out: string[] = [];
  const push = (xml: string): void => {
    if (out.length === 0)
      setImmediate(() => {
        socket.write(out.join(''));
        out = [];
      });
    out.push(xml);
  };
  const jid = await logIn(socket, user, push, onAnswer);
  return { jid, send: push, close: () => socket.destroy() };
}

function logIn(
  socket: Socket,
  user: string,
  push: (xml: string) => void,
  onAnswer: (id: string, isError: boolean) => void,
): Promise<string> {
  let isLetIn = false;
  return new Promise((resolve, reject) => {
    const steps: Readonly<Record<string, (stanza: string) => void>> = {
      'stream:features': () =>
        push(
          isLetIn
            ? `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`
            : `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from(`\0${user}\0${PASSWORD}`).toString('base64')}</auth>`,
        ),
      success: () => {
        isLetIn = true;
        push(STREAM);
      },
      failure: (stanza) => reject(new Error(`${user} was not let in: ${stanza}`)),
      iq: (stanza) => {
        const [type, id = ''] = [attribute(stanza, 'type'), attribute(stanza, 'id')];
        if (id === 'bind') resolve(/<jid>(.*)<\/jid>/.exec(stanza)?.[1] ?? '');
        else if (type === 'result' || type === 'error') onAnswer(id, type === 'error');
        else push(`<iq type='result' id='${id}' to='${attribute(stanza, 'from')}'/>`);
      },
      message: (stanza) => {
        const receipt = stanza.indexOf('<received');
        if (receipt >= 0) onAnswer(attribute(stanza.slice(receipt), 'id') ?? '', false);
        else if (attribute(stanza, 'type') === 'error') onAnswer(attribute(stanza, 'id') ?? '', true);
      },
    };
    socket.on(
      'data',
      createScanner((stanza, name) => steps[name]?.(stanza)),
    );
    socket.once('error', reject);
    socket.write(STREAM);
  });
}
