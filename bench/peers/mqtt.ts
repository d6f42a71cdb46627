import { connect } from 'node:net';

/** What the bench needs of MQTT 3.1.1, over QoS 1. */
export interface MqttClient {
  /** @param onStored called when the broker has acknowledged it (PUBACK). */
  publish(topic: string, payload: string, onStored: () => void): void;
  /** Resolves when the broker has granted it. What comes is acknowledged at once, as clients do by default. */
  subscribe(topic: string, onMessage: (payload: string) => void): Promise<void>;
  close(): void;
}

const CONNECT = 0x10;
const CONNACK = 0x20;
const PUBLISH = 0x30;
const PUBLISH_QOS_1 = 0x32;
const PUBACK = 0x40;
const SUBSCRIBE = 0x82;
const SUBACK = 0x90;
/** The high half of the first byte of a packet says what it is. */
const KIND = 0xf0;
const CLEAN_SESSION = 2;

/**
 * Logs in to a broker. As lean as can be, with one write a turn: what the peers need must not be the fault of a client.
 *
 * @throws where it is not let in.
 */
export async function connectMqtt(port: number, name: string): Promise<MqttClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const waiting = new Map<number, () => void>();
  let onMessage: (payload: string) => void = () => undefined;
  let letIn: () => void = () => undefined;
  let last = 0;
  let out: Buffer[] = [];

  function send(packet: Buffer): void {
    if (out.length === 0) setImmediate(flush);
    out.push(packet);
  }
  function flush(): void {
    socket.write(Buffer.concat(out));
    out = [];
  }
  function identified(then: () => void): Buffer {
    last = (last % 0xffff) + 1;
    waiting.set(last, then);
    return twoBytes(last);
  }
  function settle(id: number): void {
    const then = waiting.get(id);
    waiting.delete(id);
    then?.();
  }
  const take: Readonly<Record<number, (body: Buffer, first: number) => void>> = {
    [CONNACK]: () => letIn(),
    [PUBACK]: (body) => settle(body.readUInt16BE(0)),
    [SUBACK]: (body) => settle(body.readUInt16BE(0)),
    [PUBLISH]: (body, first) => {
      const start = 2 + body.readUInt16BE(0);
      const isToAcknowledge = (first & 0x06) !== 0;
      if (isToAcknowledge) send(packetOf(PUBACK, body.subarray(start, start + 2)));
      onMessage(body.toString('utf8', isToAcknowledge ? start + 2 : start));
    },
  };
  socket.on(
    'data',
    createPackets((first, body) => take[first & KIND]?.(body, first)),
  );
  await new Promise<void>((resolve, reject) => {
    letIn = resolve;
    socket.once('error', reject).once('close', () => reject(new Error(`the broker did not let ${name} in`)));
    send(packetOf(CONNECT, textOf('MQTT'), Buffer.from([4, CLEAN_SESSION, 0, 0]), textOf(name)));
  });
  return {
    publish: (topic, payload, onStored) =>
      send(packetOf(PUBLISH_QOS_1, textOf(topic), identified(onStored), Buffer.from(payload))),
    subscribe(topic, take) {
      onMessage = take;
      return new Promise((resolve) => send(packetOf(SUBSCRIBE, identified(resolve), textOf(topic), Buffer.from([1]))));
    },
    close: () => void socket.destroy(),
  };
}

function packetOf(first: number, ...parts: readonly Buffer[]): Buffer {
  const head = [first];
  let left = parts.reduce((length, part) => length + part.length, 0);
  // Seven bits a byte, the lowest first; the eighth says that there are more.
  for (; left > 0x7f; left >>= 7) head.push((left & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, left]), ...parts]);
}

function textOf(text: string): Buffer {
  return Buffer.concat([twoBytes(Buffer.byteLength(text)), Buffer.from(text)]);
}

function twoBytes(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** Finds the packets in what arrives. */
function createPackets(onPacket: (first: number, body: Buffer) => void): (arrived: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (arrived) => {
    const all = rest.length === 0 ? arrived : Buffer.concat([rest, arrived]);
    let at = 0;
    for (let found = bodyAt(all, at); found !== undefined; found = bodyAt(all, at)) {
      onPacket(all[at] ?? 0, all.subarray(found.start, found.end));
      at = found.end;
    }
    rest = all.subarray(at);
  };
}

/** @returns undefined where not all of it has arrived. */
function bodyAt(all: Buffer, at: number): { readonly start: number; readonly end: number } | undefined {
  let length = 0;
  for (let [place, shift] = [at + 1, 0]; place < all.length; place += 1, shift += 7) {
    const byte = all[place] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte > 0x7f) continue;
    const end = place + 1 + length;
    return end <= all.length ? { start: place + 1, end } : undefined;
  }
  return undefined;
}
