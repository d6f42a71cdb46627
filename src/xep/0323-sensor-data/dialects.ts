import type { FieldType, ValueType } from '../../domain/reading.js';
import { childElements, type Element, isOfNamespace } from '../../xmpp/element.js';

/**
 * How peers write XEP-0323 that were made for earlier versions of it, or by a printf of their own. What can be meant in
 * one way only is read as that and written in the form of version 0.6; what can be meant in two ways stays as it is, for
 * the codec to refuse by name. The table of dialects is in CONFORMANCE.md.
 */

/** Versions before 0.3 called durations so. */
export const FORMER_VALUE_TYPES: readonly (readonly [string, ValueType])[] = [['timeSpan', 'duration']];

/** The prose and an example of all versions have the first, their schema and table the second. */
export const OTHER_FIELD_TYPES: readonly (readonly [string, FieldType])[] = [['identification', 'identity']];

/** The children of the given namespace, those included that lost it on their way; others are extensions. */
export function childrenOf(parent: Element, xmlns: string): Element[] {
  return childElements(parent).filter((child) => isOfNamespace(child, xmlns));
}

/**
 * A number with the point for its comma. `1,234` stays, since it may be one and a bit or more than a thousand: before
 * exactly three digits a comma is a decimal separator only where no group of thousands can stand before it.
 */
export function withPoint(text: string): string {
  const [, whole = '', fraction = ''] = WITH_COMMA.exec(text) ?? [];
  const isInDoubt = fraction.length === 3 && THOUSANDS.test(whole);
  return fraction === '' || isInDoubt ? text : text.replace(',', '.');
}

/** A time with `T` for a space, and the colon in its zone. What is no time stays as it is. */
export function withTAndColon(text: string): string {
  const [, date = '', time = '', utc = '', hours = '', minutes = ''] = LOOSE_TIME.exec(text) ?? [];
  return date === '' ? text : `${date}T${time}${utc}${hours && `${hours}:${minutes}`}`;
}

const WITH_COMMA = /^\s{0,8}[+-]?(\d*),(\d+)([eE][+-]?\d+)?\s{0,8}$/;
const THOUSANDS = /^[1-9]\d{0,2}$/;
const LOOSE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:(Z)|([+-]\d\d):?(\d\d))?$/;
