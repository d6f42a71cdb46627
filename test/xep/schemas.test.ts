import { describe, expect, it } from 'vitest';
import { decodeVersion, encodeVersion } from '../../src/xep/0092-version/codec.js';
import { decodeTime, encodeTime } from '../../src/xep/0202-time/codec.js';
import {
  decodeCacheCleared,
  decodeCanRead,
  decodeClearCache,
  decodeFriendship,
  decodeIsFriend,
  decodeReadPermission,
  decodeUnfriend,
} from '../../src/xep/0324-provisioning/codec.js';
import { OPERATORS } from '../../src/xep/0347-registry/operators.js';
import { childElements, type Element, serialize } from '../../src/xmpp/element.js';
import type { Decoded } from '../../src/xmpp/reader.js';
import { DISCO_CODECS } from './0030-disco/codecs.js';
import { REGISTRY_CODECS } from './0347-registry/codecs.js';
import { readSchema, type Shape } from './schema.js';
import { parseXml, payloadOf, stanzaFiles } from './stanza-files.js';

type Decode = (payload: Element) => Decoded<unknown>;

/** What decodes the elements of each schema, by their names; the examples are those of the folder. */
const SPOKEN: readonly {
  readonly schema: string;
  readonly folder: string;
  readonly decode: Readonly<Record<string, Decode>>;
}[] = [
  { schema: 'discovery.xsd', folder: '0347-registry', decode: REGISTRY_CODECS },
  {
    schema: 'provisioning.xsd',
    folder: '0324-provisioning',
    decode: {
      isFriend: decodeIsFriend,
      isFriendResponse: decodeFriendship,
      canRead: decodeCanRead,
      canReadResponse: decodeReadPermission,
      unfriend: decodeUnfriend,
      clearCache: decodeClearCache,
      clearCacheResponse: decodeCacheCleared,
    },
  },
];

describe.each(SPOKEN)('$schema', ({ schema, folder, decode }) => {
  const shapes = readSchema(schema);
  const examples = stanzaFiles(folder).filter(
    ({ expected }) => expected.kind in decode && expected.error === undefined,
  );

  it('has exactly the elements that are spoken', () => {
    expect(Object.keys(shapes).sort()).toEqual(Object.keys(decode).sort());
  });

  it.each(Object.keys(decode))('has exactly the attributes that are read of <%s/>, and of what is in it', (name) => {
    const payloads = examples.filter(({ expected }) => expected.kind === name).map(({ stanza }) => payloadOf(stanza));
    expect(payloads).not.toEqual([]);
    const read = new Map<string, Set<string>>();
    for (const payload of payloads) {
      watch(payload, read);
      decode[name]?.(payload);
    }
    expect(asLists(read)).toEqual(asLists(expectedOf(name, shapes[name])));
  });

  it.each(Object.keys(decode))(
    'says truly of the attributes of <%s/>, and of what is in it, whether they must be there',
    (name) => {
      const rules = rulesOf(name, shapes[name]);
      for (const { stanza } of examples.filter(({ expected }) => expected.kind === name)) {
        const payload = payloadOf(stanza);
        for (const [at, node] of withDescendants(payload).entries()) {
          for (const [attribute, { required, otherwise }] of Object.entries(rules.get(node.getName()) ?? {})) {
            const decodeWith = (value: string | undefined) => {
              const changed = parseXml(serialize(payload));
              const attributes = withDescendants(changed)[at]?.attrs ?? {};
              if (value === undefined) delete attributes[attribute];
              else attributes[attribute] = value;
              return decode[name]?.(changed);
            };
            const what = `${attribute} of ${node.getName()}`;
            const without = decodeWith(undefined);
            expect(without?.ok, what).toBe(!required);
            if (otherwise !== undefined) expect(meaning(decodeWith(otherwise)), what).toEqual(meaning(without));
          }
        }
      }
    },
  );
});

it('discovery.xsd has the operators of the table', () => {
  const operators = Object.keys(readSchema('discovery.xsd')['search']?.children ?? {});
  expect(operators).toHaveLength(17);
  expect(operators).toEqual(Object.keys(OPERATORS));
});

/** For the small ones: what we write has the children and attributes that the schema knows. */
it.each([
  ['version.xsd', 'query', () => encodeVersion({ name: 'a', version: 'b', os: 'c' }), decodeVersion],
  ['time.xsd', 'time', () => encodeTime({ ms: 0, offsetMinutes: 0 }), decodeTime],
] as const)('%s has the children that are written and read', (schema, name, written, decode) => {
  const shape = readSchema(schema)[name];
  expect(childElements(written()).map((child) => child.getName())).toEqual(Object.keys(shape?.children ?? {}));
  expect(decode(written()).ok).toBe(true);
});

it.each([
  ['disco-info.xsd', 'info', ['identity', 'feature']],
  ['disco-items.xsd', 'items', ['item']],
] as const)('%s has the attributes that are read', (schema, kind, children) => {
  const xmlns = `http://jabber.org/protocol/disco#${kind}`;
  const payload = parseXml(`<query xmlns='${xmlns}'>${children.map((child) => `<${child}/>`).join('')}</query>`);
  const shape = readSchema(schema)['query'];
  const read = new Map<string, Set<string>>();
  watch(payload, read);
  // Each fault ends the reading of one child only.
  DISCO_CODECS[kind](payload);
  for (const child of children) {
    const required = Object.entries(shape?.children[child]?.attributes ?? {}).filter(([, { required }]) => required);
    for (const [attribute] of required) expect([...(read.get(child) ?? [])]).toContain(attribute);
  }
  expect(asLists(read)).toEqual(asLists(expectedOf('query', shape)));
});

it.each(['ping.xsd', 'result-set.xsd', 'data-form.xsd'])('%s can be read', (schema) => {
  expect(Object.keys(readSchema(schema))).toHaveLength(1);
});

/** Notes which attributes of an element, and of the elements in it, are asked for. */
function watch(element: Element, read: Map<string, Set<string>>): void {
  const asked = read.get(element.getName()) ?? new Set<string>();
  read.set(element.getName(), asked);
  const note = (key: string | symbol): void => {
    if (typeof key === 'string' && key !== 'xmlns' && !key.startsWith('xmlns:')) asked.add(key);
  };
  element.attrs = new Proxy(element.attrs, {
    getOwnPropertyDescriptor(target, key) {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  for (const child of childElements(element)) watch(child, read);
}

function expectedOf(name: string, shape: Shape | undefined): Map<string, Set<string>> {
  return new Map([...rulesOf(name, shape)].map(([each, attributes]) => [each, new Set(Object.keys(attributes))]));
}

function asLists(names: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string[]> {
  return Object.fromEntries([...names].map(([name, set]) => [name, [...set].sort()]));
}

function rulesOf(name: string, shape: Shape | undefined): ReadonlyMap<string, Shape['attributes']> {
  const inner = Object.entries(shape?.children ?? {}).flatMap(([child, its]) => [...rulesOf(child, its)]);
  return new Map([[name, shape?.attributes ?? {}], ...inner]);
}

function withDescendants(element: Element): readonly Element[] {
  return [element, ...childElements(element).flatMap(withDescendants)];
}

/** The decoded value, without how it is written. */
function meaning(decoded: Decoded<unknown> | undefined): unknown {
  if (decoded?.ok !== true) return decoded;
  const { value } = decoded;
  return typeof value === 'object' && value !== null && 'written' in value ? { ...value, written: undefined } : value;
}
