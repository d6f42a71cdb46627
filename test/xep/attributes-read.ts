import { childElements, type Element, serialize } from '../../src/xmpp/element.js';
import type { Shape } from './schema.js';
import { parseXml } from './stanza-files.js';

/** Names of attributes by the name of the element. */
export type Attributes = Readonly<Record<string, readonly string[]>>;

/** Which attributes are asked for of some elements, and of those in them, while they are decoded. */
export function attributesRead(elements: readonly Element[], decode: (element: Element) => unknown): Attributes {
  const read = new Map<string, Set<string>>();
  for (const element of elements) {
    const copy = parseXml(serialize(element));
    watch(copy, read);
    decode(copy);
  }
  return asLists(read);
}

/** Which attributes a schema knows of an element and of those in it. */
export function attributesKnown(name: string, shape: Shape | undefined): Attributes {
  return asLists(new Map([...rulesOf(name, shape)].map(([each, rules]) => [each, new Set(Object.keys(rules))])));
}

/** What a schema says of the attributes of an element and of those in it, by the name of the element. */
export function rulesOf(name: string, shape: Shape | undefined): ReadonlyMap<string, Shape['attributes']> {
  const inner = Object.entries(shape?.children ?? {}).flatMap(([child, its]) => [...rulesOf(child, its)]);
  return new Map([[name, shape?.attributes ?? {}], ...inner]);
}

export function withDescendants(element: Element): readonly Element[] {
  return [element, ...childElements(element).flatMap(withDescendants)];
}

/** Notes which attributes of an element, and of the elements in it, are asked for. */
function watch(element: Element, read: Map<string, Set<string>>): void {
  const asked = read.get(element.getName()) ?? new Set<string>();
  read.set(element.getName(), asked);
  const note = (key: string | symbol): void => {
    if (typeof key === 'string' && key !== 'xmlns' && !key.startsWith('xmlns:')) asked.add(key);
  };
  element.attrs = new Proxy(element.attrs, {
    get(target, key) {
      note(key);
      return Reflect.get(target, key);
    },
    getOwnPropertyDescriptor(target, key) {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  for (const child of childElements(element)) watch(child, read);
}

function asLists(names: ReadonlyMap<string, ReadonlySet<string>>): Attributes {
  return Object.fromEntries([...names].map(([name, set]) => [name, [...set].sort()]));
}
