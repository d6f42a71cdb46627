import type { BareJid, FullJid } from '../../../src/domain/jid.js';
import type { Store, Write } from '../../../src/domain/ports.js';
import type { Reading } from '../../../src/domain/reading.js';
import type { Ownership, OwnershipId, Tag, Thing, ThingAddress } from '../../../src/domain/thing.js';

export const bare = (jid: string): BareJid => jid as BareJid;
export const full = (jid: string): FullJid => jid as FullJid;
export const ownershipId = (id: string): OwnershipId => id as OwnershipId;

export function address(jid: string, nodeId = '', sourceId = '', cacheType = ''): ThingAddress {
  return { jid: bare(jid), nodeId, sourceId, cacheType };
}

export const str = (name: string, value: string): Tag => ({ name, kind: 'str', value });
export const num = (name: string, text: string): Tag => ({ name, kind: 'num', value: Number(text), text });

export function ownedBy(owner: string, id: string, more: Partial<Ownership> = {}): Ownership {
  return {
    id: ownershipId(id),
    owner: bare(owner),
    isPublic: false,
    selfOwned: false,
    since: 1,
    sharedWith: [],
    ...more,
  };
}

export function thing(jid: string, more: Partial<Thing> = {}): Thing {
  return { address: address(jid), tags: [str('SN', '1')], ...more };
}

/** Writes without looking at what was there. */
export function write(store: Store, ...writes: readonly Write[]): Promise<void> {
  return store.things.changeAt(address('nobody@example.org'), () => ({ outcome: undefined, writes }));
}

export function put(store: Store, written: Thing, at = 1): Promise<void> {
  return write(store, { write: 'thing', thing: written, at });
}

export function reading(ms: number, value: string, more: Partial<Reading> = {}): Reading {
  return {
    node: { nodeId: '', sourceId: '', cacheType: '' },
    at: { ms },
    name: 'Temperature',
    type: 'numeric',
    value,
    unit: '°C',
    dataType: '',
    fieldTypes: new Set(['momentary'] as const),
    qualities: new Set(['automaticReadout'] as const),
    ...more,
  };
}

export const found = (things: readonly { readonly address: ThingAddress }[]): string[] =>
  things.map((each) => each.address.jid);
