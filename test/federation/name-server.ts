import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Where servers listen for other servers. */
export interface Listener {
  readonly address: string;
  readonly port: number;
}

/** A name server of loopback. */
export interface NameServer {
  readonly port: number;
  stop(): Promise<void>;
}

const SRV = 33;
const PREFIX = '_xmpp-server._tcp.';
const HEADER_BYTES = 12;
const ANSWER = 0x8580; // authoritative, and no error
const NO_SUCH_NAME = 3;

/**
 * Answers who serves an XMPP domain (RFC 6120 section 3.2.1), by SRV records whose target is an IP address in place of a
 * name: that is all that it takes for an ejabberd to find another one, and nothing of the machine has to be changed.
 */
export async function startNameServer(listeners: ReadonlyMap<string, Listener>): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => socket.send(answer(question, listeners), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    async stop() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

function answer(question: Buffer, listeners: ReadonlyMap<string, Listener>): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question.readUInt8(at); length > 0; length = question.readUInt8(at)) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5; // the empty label, type and class
  const name = labels.join('.').toLowerCase();
  const asksForServers = question.readUInt16BE(at + 1) === SRV && name.startsWith(PREFIX);
  const listener = asksForServers ? listeners.get(name.slice(PREFIX.length)) : undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  question.copy(header, 0, 0, 2); // its id
  header.writeUInt16BE(listener === undefined ? ANSWER + NO_SUCH_NAME : ANSWER, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(listener === undefined ? 0 : 1, 6);
  const records = listener === undefined ? [] : [record(listener)];
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end), ...records]);
}

/** The name that was asked for (a pointer to the question), type, class IN, time to live; then what it says. */
function record({ address, port }: Listener): Buffer {
  const target = Buffer.concat(
    [...address.split('.'), ''].map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
  );
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, SRV, 0, 1, 0, 0, 0, 0, 0, 6 + target.length]);
  const service = Buffer.alloc(6); // priority, weight, port
  service.writeUInt16BE(port, 4);
  return Buffer.concat([head, service, target]);
}
