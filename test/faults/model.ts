import { spell } from './stanzas.js';

/** What the registry should know of a Thing. */
export type State =
  /** Never registered, unregistered or removed. */
  | { readonly is: 'none' }
  /** Registered, waiting for its owner. */
  | { readonly is: 'free' }
  /** Let go of: it cannot be claimed until it registers. */
  | { readonly is: 'disowned' }
  | {
      readonly is: 'owned';
      readonly owner: string;
      readonly isPublic: boolean;
      /** Bare JIDs, sorted. */
      readonly shares: readonly string[];
      readonly room: string;
    };

export type Owned = Extract<State, { is: 'owned' }>;

/** A Thing behind one of the devices. */
export interface ModelThing {
  /** Its serial number, by which it is found in lists. */
  readonly sn: string;
  readonly key: string;
  /** The bare JID of its device. */
  readonly jid: string;
  readonly nodeId: string;
  /** Several where an answer never came: what it was before, and what it may have become. */
  candidates: readonly State[];
  /** What its device was last told of it (see {@link newsOf}); undefined: nothing that has to be so. */
  told: string | undefined;
  /** Its owner asked it to consent to being let go, and what came of that is not known. */
  mayBeDisowning: boolean;
  /** Somebody is doing something with it. */
  isBusy: boolean;
  /**
   * Who could see what of it, and when they could no more (ms since 1970; infinite while they can): `owner reader` of that
   * owner's readings, and `*` of the Thing while it is public.
   */
  readonly rights: Map<string, number>;
}

/** A value that a device made up, each once. */
export interface Minted {
  readonly thing: ModelThing;
  /** Whose reading it is: those of one owner are never shown to the next. */
  readonly owner: string;
  /** Acknowledged; or refused, so that it must not be there; or nobody knows. */
  fate: 'kept' | 'refused' | 'maybe';
}

/** A request for later that was accepted. */
export interface Queued {
  readonly asker: string;
  readonly seqnr: string;
  readonly due: number;
  /** When it was seen to begin and to end. */
  begun: boolean;
  ended: boolean;
}

export type Wrong = 'lost' | 'seen' | 'happened' | 'unanswered' | 'log' | 'other';

/** All that was said and done in a seed, and what was wrong. */
export interface Model {
  readonly things: ModelThing[];
  readonly minted: Map<string, Minted>;
  readonly queued: Queued[];
  /** How many requests were sent, those for a stage of a command included; and what was acknowledged, by kind. */
  requests: number;
  readonly acknowledged: Map<string, number>;
  readonly maybe: Map<string, number>;
  /** The fault that was last, for who looks for what is wrong. */
  after: string;
  readonly wrongs: { readonly wrong: Wrong; readonly text: string }[];
  /** @returns a new value, for a reading. */
  mint(thing: ModelThing, owner: string): string;
}

export function createModel(things: ModelThing[]): Model {
  const minted = new Map<string, Minted>();
  return {
    things,
    minted,
    queued: [],
    requests: 0,
    acknowledged: new Map(),
    maybe: new Map(),
    after: 'the start',
    wrongs: [],
    mint(thing, owner) {
      const value = spell(minted.size + 1);
      minted.set(value, { thing, owner, fate: 'maybe' });
      return value;
    },
  };
}

/** The state, where it is known. */
export function settled({ candidates }: ModelThing): State | undefined {
  return candidates.length === 1 ? candidates[0] : undefined;
}

export function same(one: State, other: State): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function owned(owner: string, isPublic: boolean, shares: readonly string[] = [], room = ''): Owned {
  return { is: 'owned', owner, isPublic, shares: [...shares].sort(), room };
}

export function mayRead(state: State, jid: string): boolean {
  return state.is === 'owned' && (state.owner === jid || state.shares.includes(jid));
}

export function maySee(state: State, jid: string): boolean {
  return state.is === 'owned' && (state.isPublic || mayRead(state, jid));
}

/** What a Thing is to know of its state, as its device hears it. */
export function newsOf(state: State): string {
  return state.is === 'owned' ? claimedNews(state.owner, state.isPublic) : state.is;
}

export function claimedNews(owner: string, isPublic: boolean): string {
  return `claimed by ${owner}, ${isPublic ? 'public' : 'private'}`;
}

/** Sets what a Thing may be now, and who can read it from now on. */
export function become(thing: ModelThing, candidates: readonly State[]): void {
  thing.candidates = candidates;
  const now = new Set(candidates.flatMap(rightsIn));
  for (const right of now) thing.rights.set(right, Number.POSITIVE_INFINITY);
  for (const [right, until] of thing.rights) {
    if (!now.has(right) && until === Number.POSITIVE_INFINITY) thing.rights.set(right, Date.now());
  }
}

function rightsIn(state: State): string[] {
  if (state.is !== 'owned') return [];
  const readers = [state.owner, ...state.shares].map((jid) => `${state.owner} ${jid}`);
  return state.isPublic ? [...readers, '*'] : readers;
}

/** Whether there was such a right at that time (ms since 1970), or a little before: what was under way may still come. */
export function hadRight(thing: ModelThing, right: string, at: number): boolean {
  return (thing.rights.get(right) ?? 0) > at - UNDER_WAY_MS;
}

const UNDER_WAY_MS = 2_000;

export function count(counts: Map<string, number>, kind: string, more = 1): void {
  counts.set(kind, (counts.get(kind) ?? 0) + more);
}
