import type { Bound, Comparison, Criterion } from '../../domain/search.js';
import { faultText, isKey } from '../../domain/tag-text.js';
import { LIMITS } from '../../domain/tags.js';
import { type Element, element } from '../../xmpp/element.js';
import { finiteDouble, quote, type Reader } from '../../xmpp/reader.js';
import { decodeTagName } from './tags.js';

type Decode = (read: Reader, name: string) => Criterion;

/** The seventeen operators of XEP-0347 (version 0.5.1) section 3.15, and how each is read. There are no others. */
export const OPERATORS: Readonly<Record<string, Decode>> = {
  strEq: stringComparison('Eq'),
  strNEq: stringComparison('NEq'),
  strGt: stringComparison('Gt'),
  strGtEq: stringComparison('GtEq'),
  strLt: stringComparison('Lt'),
  strLtEq: stringComparison('LtEq'),
  strRange: stringRange('Range'),
  strNRange: stringRange('NRange'),
  strMask: mask,
  numEq: numberComparison('Eq'),
  numNEq: numberComparison('NEq'),
  numGt: numberComparison('Gt'),
  numGtEq: numberComparison('GtEq'),
  numLt: numberComparison('Lt'),
  numLtEq: numberComparison('LtEq'),
  numRange: numberRange('Range'),
  numNRange: numberRange('NRange'),
};

/** Reads one operator; its faults become its parent's. */
export function decodeCriterion(read: Reader, parent: Reader): Criterion | undefined {
  const operator = OPERATORS[read.element.getName()];
  read.empty();
  const criterion = operator?.(read, decodeTagName(read));
  parent.takeOver(read);
  return criterion;
}

export function encodeCriterion(criterion: Criterion): Element {
  const { name, kind, operator } = criterion;
  return element(`${kind}${operator}`, { name, ...operands(criterion) });
}

function stringComparison(operator: Comparison): Decode {
  return (read, name) => ({ name, kind: 'str', operator, value: stringOf(read, name, 'value') });
}

function numberComparison(operator: Comparison): Decode {
  return (read, name) => ({ name, kind: 'num', operator, value: numberOf(read, name, 'value') });
}

function stringRange(operator: 'Range' | 'NRange'): Decode {
  return (read, name) => ({ name, kind: 'str', operator, ...range(read, (end) => stringOf(read, name, end)) });
}

function numberRange(operator: 'Range' | 'NRange'): Decode {
  return (read, name) => ({ name, kind: 'num', operator, ...range(read, (end) => numberOf(read, name, end)) });
}

function range<V>(read: Reader, operand: (end: 'min' | 'max') => V): { min: Bound<V>; max: Bound<V> } {
  return {
    min: { value: operand('min'), included: read.boolean('minIncluded', true) },
    max: { value: operand('max'), included: read.boolean('maxIncluded', true) },
  };
}

/**
 * `39487*` with the wildcard `*`. It is split as it was written and only then brought to NFC, so that no wildcard is
 * lost in a character composed across it. Wildcards side by side mean what one means.
 */
function mask(read: Reader, name: string): Criterion {
  const value = read.required('value');
  const wildcard = read.required('wildcard');
  if (wildcard === '') read.refuse('the wildcard is empty; use one character or more, such as "*".');
  const [head = '', ...rest] = (wildcard === '' ? [value] : value.split(wildcard)).map((part) => part.normalize('NFC'));
  const tail = rest.pop();
  const parts = tail === undefined ? [head] : [head, ...rest.filter((part) => part !== ''), tail];
  checkLength(read, name, value, parts.join(''));
  return { name, kind: 'str', operator: 'Mask', parts };
}

function checkLength(read: Reader, name: string, written: string, literal: string): void {
  if ([...literal].length <= LIMITS.valueLength) return;
  read.refuse(faultText({ fault: 'value-too-long' }, { name, value: written }));
}

function stringOf(read: Reader, name: string, attribute: string): string {
  const value = read.required(attribute).normalize('NFC');
  checkLength(read, name, value, value);
  return value;
}

function numberOf(read: Reader, name: string, attribute: string): number {
  const text = read.required(attribute);
  const value = finiteDouble(text);
  if (value !== undefined) return value;
  read.refuse(`${attribute}=${isKey(name) ? '(not shown)' : quote(text)} of ${name} is not a finite number.`);
  return 0;
}

function operands(criterion: Criterion): Record<string, string | number | boolean> {
  if ('value' in criterion) return { value: criterion.value };
  if ('parts' in criterion) return maskOperands(criterion.parts);
  const { min, max } = criterion;
  return { min: min.value, minIncluded: min.included, max: max.value, maxIncluded: max.included };
}

/** A mask written with a wildcard that occurs in none of its parts. */
function maskOperands(parts: readonly string[]): { value: string; wildcard: string } {
  const used = new Set(parts.join(''));
  let wildcard = '*';
  // Of 0x21 to 0x7e and on to the letters of all the world, some are left: a mask has 128 characters.
  for (let code = 0x21; used.has(wildcard); code++) wildcard = String.fromCharCode(code);
  return { value: parts.join(wildcard), wildcard };
}
