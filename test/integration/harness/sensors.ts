import { randomInt } from 'node:crypto';
import { childElements, type Element, element } from '../../../src/xmpp/element.js';
import { type Client, connectClient, resultOf } from './client.js';
import type { Server } from './server.js';

export const DISCOVERY = 'urn:xmpp:iot:discovery';
export const SENSOR_DATA = 'urn:xmpp:iot:sensordata';

/** A user and its Thing, registered and claimed. */
export interface Household {
  readonly device: Client;
  readonly owner: Client;
  /** The name of the ownership. */
  readonly id: string;
  stop(): Promise<void>;
}

/** Registers and claims a Thing of accounts of its own; its device does nothing with questions yet. */
export async function openHousehold(server: Server, isPublic = true): Promise<Household> {
  const number = randomInt(10_000_000, 100_000_000);
  const device = await connectClient(server, `device${number}`);
  const owner = await connectClient(server, `owner${number}`);
  const tags = () => [
    element('str', { name: 'SN', value: String(number) }),
    element('str', { name: 'KEY', value: `key-${number}` }),
  ];
  device.onIq(DISCOVERY, 'claimed', (iq) => resultOf(iq));
  for (const client of [device, owner]) client.sendPresence();
  await device.iq('set', server.domain, element('register', { xmlns: DISCOVERY }, ...tags()));
  await owner.iq('set', server.domain, element('mine', { xmlns: DISCOVERY, public: isPublic }, ...tags()));
  const items = await owner.iq('get', server.domain, '<query xmlns="http://jabber.org/protocol/disco#items"/>');
  const address = items.getChild('query')?.getChild('item')?.attrs['jid'];
  if (typeof address !== 'string') throw new Error(`no Thing was found: ${items}`);
  return {
    device,
    owner,
    id: address.slice(0, address.indexOf('@')),
    async stop() {
      await device.stop();
      await owner.stop();
    },
  };
}

/** Answers each question by `accepted`, and then by these payloads, into which the number of the question is put. */
export function answerWith(device: Client, payloads: (seqnr: string, iq: Element) => readonly string[]): Element[] {
  const asked: Element[] = [];
  device.onIq(SENSOR_DATA, 'req', (iq) => {
    const [req] = childElements(iq);
    const seqnr = String(req?.attrs['seqnr']);
    asked.push(iq);
    device.send(resultOf(iq, element('accepted', { xmlns: SENSOR_DATA, seqnr })));
    for (const payload of payloads(seqnr, iq)) device.send(`<message to='${iq.attrs['from']}'>${payload}</message>`);
    return undefined;
  });
  return asked;
}

/** Reads all that a read-out sends its asker, to its end. */
export async function readAll(client: Client, seqnr: string, timeout?: number): Promise<Element[]> {
  const messages: Element[] = [];
  for (;;) {
    const message = await client.next((stanza) => isOf(stanza, seqnr), timeout);
    messages.push(message);
    const [payload] = childElements(message);
    if (payload?.attrs['done'] === 'true') return messages;
  }
}

function isOf(stanza: Element, seqnr: string): boolean {
  const [payload] = childElements(stanza);
  return stanza.is('message') && payload?.getNS() === SENSOR_DATA && payload.attrs['seqnr'] === seqnr;
}
