import type { Access, Asker } from '../access.js';
import type { BareJid } from '../jid.js';
import { namedThing } from '../named-thing.js';
import type { Store } from '../ports.js';
import type { NodeName } from '../reading.js';
import type { ClaimedThing } from '../thing.js';
import { nameFor, type Part } from './part.js';

/** Where a request was sent: to a Thing's own address, or to the component, which then is a concentrator of all Things. */
export type Place = { readonly thing: ClaimedThing } | 'component';

export interface Found {
  readonly parts: readonly Part[];
  /** Nodes that are not there, or that the asker may not see: to the asker that is the same. */
  readonly missing: readonly NodeName[];
  /** Nodes that the asker may see and not read. */
  readonly forbidden: readonly NodeName[];
}

export interface FindDeps {
  readonly store: Pick<Store, 'things' | 'readings'>;
  readonly access: Access;
  /** A bare JID in stringprep form; undefined for a text that is none. */
  readonly bareJid: (text: string) => BareJid | undefined;
}

/** Things that a request without nodes may be about, at most. */
export const MOST_THINGS = 100;

/**
 * Finds what a request is about (DESIGN section 2).
 *
 * @returns `too-many`: it names no nodes, and more Things would be meant than are read at once.
 */
export async function findParts(
  deps: FindDeps,
  asker: Asker,
  place: Place,
  nodes: readonly NodeName[],
): Promise<Found | 'too-many'> {
  if (place !== 'component') return judged(deps.access, asker, place.thing, ownPart(place.thing, nodes));
  if (nodes.length === 0) return ofAsker(deps, asker);
  const found = await Promise.all(distinct(nodes).map((node) => findNode(deps, asker, node)));
  return {
    parts: withoutThoseOfOthers(found.flatMap(({ parts }) => parts)),
    missing: found.flatMap(({ missing }) => missing),
    forbidden: found.flatMap(({ forbidden }) => forbidden),
  };
}

function ownPart({ ownership }: ClaimedThing, nodes: readonly NodeName[]): Part {
  return { ownership: ownership.id, since: ownership.since, naming: { kind: 'own' }, only: distinct(nodes) };
}

/** Whoever owns a Thing, or has it shared by JID, may read it. */
async function ofAsker({ store }: FindDeps, asker: Asker): Promise<Found | 'too-many'> {
  const things = await store.things.ofViewer(asker.jid, MOST_THINGS + 1);
  if (things.length > MOST_THINGS) return 'too-many';
  return { parts: things.map((thing) => askedPart(thing, thing.ownership.id, [])), missing: [], forbidden: [] };
}

function askedPart({ ownership }: ClaimedThing, name: string, only: readonly NodeName[]): Part {
  return { ownership: ownership.id, since: ownership.since, naming: { kind: 'asked', name }, only };
}

/** A node of the component: an id or the bare JID of a Thing that stands alone, by itself or with `/` and a further node. */
async function findNode(deps: FindDeps, asker: Asker, node: NodeName): Promise<Found> {
  const slash = node.nodeId.indexOf('/');
  const name = slash < 0 ? node.nodeId : node.nodeId.slice(0, slash);
  const thing = await namedThing(deps, name);
  const missing: Found = { parts: [], missing: [node], forbidden: [] };
  if (thing === undefined || !deps.access.may(asker, 'see', thing)) return missing;
  if (slash < 0) {
    const isNamedSo = node.sourceId === '' && node.cacheType === '';
    return isNamedSo ? judged(deps.access, asker, thing, askedPart(thing, name, []), node) : missing;
  }
  const part = askedPart(thing, name, [node]);
  const [first, ...further] = await deps.store.readings.nodes(thing.ownership.id);
  const isThere = further.some((other) => nameFor(part, other, first).nodeId === node.nodeId);
  return isThere ? judged(deps.access, asker, thing, part, node) : missing;
}

function judged(access: Access, asker: Asker, thing: ClaimedThing, part: Part, node?: NodeName): Found {
  if (access.may(asker, 'read', thing)) return { parts: [part], missing: [], forbidden: [] };
  const name = node ?? { nodeId: thing.ownership.id, sourceId: '', cacheType: '' };
  return { parts: [], missing: [], forbidden: [name] };
}

function distinct(nodes: readonly NodeName[]): NodeName[] {
  return [...new Map(nodes.map((node) => [JSON.stringify(node), node])).values()];
}

/** A further node that is asked for beside its whole Thing, under the same name, comes with it. */
function withoutThoseOfOthers(parts: readonly Part[]): Part[] {
  const whole = new Set(parts.filter(({ only }) => only.length === 0).map(nameOfPart));
  return parts.filter((part) => part.only.length === 0 || !whole.has(nameOfPart(part)));
}

function nameOfPart({ naming }: Part): string {
  return naming.kind === 'asked' ? naming.name : '';
}
