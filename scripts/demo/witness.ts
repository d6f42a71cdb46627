import { setTimeout as delay } from 'node:timers/promises';
import { childElements, type Element } from '../../src/xmpp/element.js';

/** Who takes part and can be watched. */
export type Actor = string;

export interface Seen {
  readonly actor: Actor;
  readonly direction: 'in' | 'out';
  readonly stanza: Element;
  /** Whether the actor acts of itself, between the steps too, as devices do. */
  readonly ofItself: boolean;
}

/** A stanza that is to be exchanged, and what it means to a newcomer. */
export interface Expected {
  readonly actor: Actor;
  readonly direction: 'in' | 'out';
  /** The name of its payload; '' for an IQ without one. */
  readonly payload: string;
  /** The type of an IQ or presence. */
  readonly type?: string;
  readonly fits?: (stanza: Element) => boolean;
  readonly meaning: string;
}

/** Sees all stanzas of all actors, and finds those that a step is about. */
export interface Witness {
  see(seen: Seen): void;
  /** What people did before is not looked at any more. */
  beginStep(): void;
  /** Waits for a stanza, each of which is found once. Undefined if it did not come. */
  find(expected: Expected, patienceMs?: number): Promise<Element | undefined>;
  /** What an actor saw in this step, for who looks for a fault. */
  of(actor: Actor): readonly Seen[];
}

const PATIENCE_MS = 10_000;
const POLL_MS = 20;

export function createWitness(): Witness {
  let seen: Seen[] = [];
  const found = new Set<Seen>();

  return {
    see(candidate) {
      if (!isHousekeeping(candidate.stanza)) seen.push(candidate);
    },
    beginStep() {
      seen = seen.filter((stanza) => stanza.ofItself && !found.has(stanza));
      found.clear();
    },
    async find(expected, patienceMs = PATIENCE_MS) {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const first = seen.find((candidate) => !found.has(candidate) && isExpected(candidate, expected));
        if (first !== undefined) {
          found.add(first);
          return first.stanza;
        }
        if (Date.now() >= deadline) return undefined;
        await delay(POLL_MS);
      }
    },
    of: (actor) => seen.filter((candidate) => candidate.actor === actor),
  };
}

function isExpected({ actor, direction, stanza }: Seen, expected: Expected): boolean {
  const { payload, type, fits = () => true } = expected;
  return (
    actor === expected.actor &&
    direction === expected.direction &&
    hasPayload(stanza, payload) &&
    (type === undefined || stanza.attrs['type'] === type) &&
    fits(stanza)
  );
}

function hasPayload(stanza: Element, name: string): boolean {
  const names = childElements(stanza).map((child) => child.getName());
  return name === '' ? names.length === 0 : names.includes(name);
}

/** Between an account and its own server: no part of the story. */
function isHousekeeping({ attrs }: Element): boolean {
  const bare = (jid: unknown): string => String(jid ?? '').split('/', 1)[0] ?? '';
  return bare(attrs['from']) !== '' && bare(attrs['from']) === bare(attrs['to']);
}
