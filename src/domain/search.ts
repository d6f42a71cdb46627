import type { BareJid } from './jid.js';
import { KEY } from './tags.js';
import type { ClaimedThing, Tag, Thing } from './thing.js';

/** One end of a range, and whether it belongs to it. */
export interface Bound<V> {
  readonly value: V;
  readonly included: boolean;
}

export type Comparison = 'Eq' | 'NEq' | 'Gt' | 'GtEq' | 'Lt' | 'LtEq';

/**
 * One condition of a search (XEP-0347 section 3.15, table "Search operators"). Strings are compared by code point,
 * numbers by value. Names are upper-cased, strings in NFC.
 */
export type Criterion =
  | { readonly name: string; readonly kind: 'str'; readonly operator: Comparison; readonly value: string }
  | { readonly name: string; readonly kind: 'num'; readonly operator: Comparison; readonly value: number }
  | {
      readonly name: string;
      readonly kind: 'str';
      readonly operator: 'Range' | 'NRange';
      readonly min: Bound<string>;
      readonly max: Bound<string>;
    }
  | {
      readonly name: string;
      readonly kind: 'num';
      readonly operator: 'Range' | 'NRange';
      readonly min: Bound<number>;
      readonly max: Bound<number>;
    }
  /** `parts` are the literal pieces between the wildcards: `['ab', '']` is "begins with ab". */
  | { readonly name: string; readonly kind: 'str'; readonly operator: 'Mask'; readonly parts: readonly string[] };

export interface Search {
  /** All of them must hold. */
  readonly criteria: readonly Criterion[];
  readonly offset: number;
  readonly maxCount: number;
}

export interface Found {
  /** In order of registration. */
  readonly things: readonly ClaimedThing[];
  readonly more: boolean;
}

export const PAGE = { default: 20, most: 100 } as const;

/**
 * What a search means, said once: the store's way of finding must agree with it (test/store-contract.ts).
 * Only public, claimed Things are ever found, not even the owner finds private ones; no operator matches a tag that is
 * absent, of the other kind, or KEY.
 */
export function matches(thing: Thing, criteria: readonly Criterion[]): boolean {
  if (thing.ownership?.isPublic !== true) return false;
  return criteria.every((criterion) => thing.tags.some((tag) => holds(tag, criterion)));
}

/** Whether a tag is what a criterion asks for. */
export function holds(tag: Tag, criterion: Criterion): boolean {
  if (tag.name !== criterion.name || tag.name === KEY) return false;
  if (tag.kind === 'num') return criterion.kind === 'num' && numberHolds(tag.value, criterion);
  return criterion.kind === 'str' && stringHolds(tag.value, criterion);
}

function numberHolds(value: number, criterion: Criterion & { kind: 'num' }): boolean {
  const order = (limit: number) => Math.sign(value - limit);
  if ('value' in criterion) return compares(order(criterion.value), criterion.operator);
  const within = isWithin(order(criterion.min.value), order(criterion.max.value), criterion);
  return criterion.operator === 'Range' ? within : !within;
}

function stringHolds(value: string, criterion: Criterion & { kind: 'str' }): boolean {
  if (criterion.operator === 'Mask') return matchesMask(value, criterion.parts);
  if ('value' in criterion) return compares(compareCodePoints(value, criterion.value), criterion.operator);
  const within = isWithin(
    compareCodePoints(value, criterion.min.value),
    compareCodePoints(value, criterion.max.value),
    criterion,
  );
  return criterion.operator === 'Range' ? within : !within;
}

/** `order` is -1, 0 or 1: how the tag's value stands to the constant. */
function compares(order: number, operator: Comparison): boolean {
  switch (operator) {
    case 'Eq':
      return order === 0;
    case 'NEq':
      return order !== 0;
    case 'Gt':
      return order > 0;
    case 'GtEq':
      return order >= 0;
    case 'Lt':
      return order < 0;
    case 'LtEq':
      return order <= 0;
  }
}

function isWithin(toMin: number, toMax: number, range: { min: Bound<unknown>; max: Bound<unknown> }): boolean {
  return (range.min.included ? toMin >= 0 : toMin > 0) && (range.max.included ? toMax <= 0 : toMax < 0);
}

/** By code point, as UTF-8 bytes order; JavaScript's `<` orders by UTF-16 unit, and puts U+FF5E after U+1F600. */
export function compareCodePoints(a: string, b: string): number {
  return Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/**
 * Whether `value` is `parts` with anything between them. Takes each middle part where it first occurs, which is never
 * wrong and needs no going back: the time is that of one pass, whatever the mask.
 */
export function matchesMask(value: string, parts: readonly string[]): boolean {
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return value === head;
  if (!value.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const at = value.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return value.length - tail.length >= from && value.endsWith(tail);
}

/** Whose Things a listing is for: see {@link ThingStore.visibleTo}. */
export interface Viewer {
  readonly jid: BareJid;
  readonly domain: string;
  /** An administrator; counts where the Things of one JID are listed. */
  readonly seesAll?: boolean;
}
