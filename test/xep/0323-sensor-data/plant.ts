import { StoreUnavailable } from '../../../src/domain/ports.js';
import { BROKER_SETTINGS } from '../../../src/domain/read-out/broker.js';
import { createSessions } from '../../../src/domain/sessions.js';
import type { ClaimedThing, OwnershipId } from '../../../src/domain/thing.js';
import { isClaimed } from '../../../src/domain/thing.js';
import { timeZone, UTC, zonesOfThings } from '../../../src/domain/time-zone.js';
import { ucumUnits } from '../../../src/units/ucum.js';
import { createXmppBroker } from '../../../src/xep/0323-sensor-data/broker.js';
import { sensorDataProtocol } from '../../../src/xep/0323-sensor-data/index.js';
import { createCaller } from '../../../src/xmpp/caller.js';
import { childElements, type Element, serialize } from '../../../src/xmpp/element.js';
import { createRouter } from '../../../src/xmpp/router.js';
import { stanzaError } from '../../../src/xmpp/stanza-error.js';
import { leaving } from '../../schemas/leaving.js';
import { createBench, DOMAIN, type Placed } from '../bench.js';
import { parseXml } from '../stanza-files.js';

export const SENSOR_DATA = 'urn:xmpp:iot:sensordata';

/** The protocol behind a router, on a real store, with a connection that the test writes and reads as XML. */
export function createPlant({ zone = 'UTC', deadlineMs = 30_000, file = ':memory:' } = {}) {
  const bench = createBench({ file });
  const { store, access, clock } = bench;
  const sent: Element[] = [];
  const faults: unknown[] = [];
  const logged: object[] = [];
  const mistaken: [OwnershipId, number][] = [];
  const refused: [readonly string[], readonly string[]][] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const send = leaving.through((stanza) => sent.push(stanza) > 0);
  const caller = createCaller(send);
  const sessions = createSessions({
    store: store.sessions,
    clock,
    onChange: (jid, isOnline) => broker.deviceChanged(jid, isOnline),
  });
  const zoneOf = zonesOfThings(timeZone(zone) ?? UTC);
  const broker = createXmppBroker({
    domain: DOMAIN,
    store,
    access,
    sessions,
    clockMistaken: (thing, minutes) => void mistaken.push([thing.ownership.id, minutes]),
    heard: async (from) => sessions.seen(from as never),
    caller,
    clock,
    zoneOf,
    units: ucumUnits(),
    send,
    drained: async () => undefined,
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (details) => void logged.push(details),
      error: onFault,
    },
    settings: { ...BROKER_SETTINGS, deadlineMs },
    onFault,
  });
  const protocol = sensorDataProtocol({
    tellOwners: {
      refused: (things, items) =>
        void refused.push([things.map(({ address }) => address.jid), items.map(({ reason }) => reason)]),
    },
    broker,
    store,
    refusals: bench.refusals,
    zoneOf,
    send,
  });
  const log = { debug: () => undefined, info: () => undefined, warn: onFault, error: onFault };
  const router = createRouter<ClaimedThing>({
    domain: DOMAIN,
    protocols: [protocol],
    mayUse: (from) => access.mayUse({ jid: from.bare, domain: from.domain }),
    resolve: async (local, from) => {
      const thing = await store.things.byOwnership(local as OwnershipId);
      const asker = { jid: from.bare, domain: from.domain };
      return isClaimed(thing) && access.may(asker, 'see', thing) ? thing : undefined;
    },
    onUnresolved: () => undefined,
    onPresence: async () => undefined,
    onReply: (stanza) => caller.receive(stanza),
    closed: () => undefined,
    explain: (error) => (error instanceof StoreUnavailable ? stanzaError('resource-constraint', 'Later.') : undefined),
    send,
    log,
  });

  const plant = {
    store,
    broker,
    protocol,
    sent,
    faults,
    logged,
    mistaken,
    refused,
    async place(placed: Placed & { readonly online?: boolean }): Promise<OwnershipId> {
      const id = await bench.place(placed);
      if (placed.online !== false) await sessions.seen(`${placed.jid}/d` as never);
      return id as OwnershipId;
    },
    /** What comes in over the stream, one stanza after the other without waiting. @returns what went out since. */
    async comes(...stanzas: readonly string[]): Promise<Element[]> {
      await Promise.all(stanzas.map((xml) => router.receive(parseXml(xml))));
      for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
      return sent.splice(0);
    },
    /** The device accepts the question that it got. @returns the question's number. */
    async accept(question: Element | undefined): Promise<string> {
      if (question === undefined) throw new Error('nothing was asked');
      const { id, from, to } = question.attrs;
      await plant.comes(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
      return String(childElements(question)[0]?.attrs['seqnr']);
    },
  };
  return plant;
}

export type Plant = ReturnType<typeof createPlant>;

export function iq(payload: string, { from = 'owner@example.org/phone', to = DOMAIN as string, type = 'get' } = {}) {
  return `<iq type='${type}' id='q1' from='${from}' to='${to}'>${payload}</iq>`;
}

export function message(
  payload: string,
  { from = 'device@example.org/d', to = DOMAIN as string, attributes = '' } = {},
) {
  return `<message from='${from}' to='${to}'${attributes}>${payload}</message>`;
}

export function req(attributes = "seqnr='1' momentary='true'", children = ''): string {
  return `<req xmlns='${SENSOR_DATA}' ${attributes}>${children}</req>`;
}

export function fields(seqnr: string | number, content: string, attributes = ''): string {
  return `<fields xmlns='${SENSOR_DATA}' seqnr='${seqnr}' ${attributes}>${content}</fields>`;
}

export function node(nodeId: string, content: string, at = '2026-11-21T03:00:00Z'): string {
  return `<node nodeId='${nodeId}'><timestamp value='${at}'>${content}</timestamp></node>`;
}

export const T = "<int name='T' value='1' momentary='true'/>";

/** Stanzas as XML, without ids. */
export function texts(stanzas: readonly Element[]): string[] {
  return stanzas.map((stanza) => serialize(stanza).replace(/ id="[0-9a-f-]{36}"/, ''));
}
