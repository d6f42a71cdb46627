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
import { CODECS as SENSOR_CODECS } from './0323-sensor-data/codecs.js';
import { REGISTRY_CODECS } from './0347-registry/codecs.js';
import { type Attributes, attributesKnown, attributesRead, rulesOf, withDescendants } from './attributes-read.js';
import { readSchema } from './schema.js';
import { parseXml, payloadOf, stanzaFiles } from './stanza-files.js';

type Decode = (payload: Element) => Decoded<unknown>;

const { fields: _, ...OF_SENSOR_DATA } = SENSOR_CODECS;

/** What decodes the elements of each schema, by their names; the examples are those of the folder. */
const SPOKEN: readonly {
  readonly schema: string;
  readonly folder: string;
  readonly decode: Readonly<Record<string, Decode>>;
  /** Attributes that are allowed, and not looked at. */
  readonly passedOver?: readonly string[];
  /** Elements that other tests look at. */
  readonly elsewhere?: readonly string[];
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
    passedOver: ['serviceToken', 'userToken', 'deviceToken'],
  },
  {
    schema: 'sensor-data.xsd',
    folder: '0323-sensor-data',
    decode: OF_SENSOR_DATA,
    // What is only written, and what goes by its faults: 0323-sensor-data/schema.test.ts looks at both.
    elsewhere: ['rejected', 'fields'],
  },
];

/** There for what is not in the schemas. */
const BEYOND = /^dialect-|unknown|^req-types-and-historical$/;

describe.each(SPOKEN)('$schema', ({ schema, folder, decode, passedOver = [], elsewhere = [] }) => {
  const shapes = readSchema(schema);
  const examples = stanzaFiles(folder).filter(
    ({ name, expected }) => expected.kind in decode && expected.error === undefined && !BEYOND.test(name),
  );

  it('has exactly the elements that are spoken', () => {
    expect(Object.keys(shapes).sort()).toEqual([...Object.keys(decode), ...elsewhere].sort());
  });

  it.each(Object.keys(decode))('has exactly the attributes that are read of <%s/>, and of what is in it', (name) => {
    const payloads = examples.filter(({ expected }) => expected.kind === name).map(({ stanza }) => payloadOf(stanza));
    expect(payloads).not.toEqual([]);
    const read = attributesRead(payloads, (payload) => decode[name]?.(payload));
    expect(read).toEqual(without(passedOver, attributesKnown(name, shapes[name])));
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
  // Each fault ends the reading of one child only.
  expect(attributesRead([payload], DISCO_CODECS[kind])).toEqual(attributesKnown('query', shape));
});

function without(names: readonly string[], attributes: Attributes): Attributes {
  const left = Object.entries(attributes).map(([of, all]) => [of, all.filter((name) => !names.includes(name))]);
  return Object.fromEntries(left);
}

/** The decoded value, without how it is written. */
function meaning(decoded: Decoded<unknown> | undefined): unknown {
  if (decoded?.ok !== true) return decoded;
  const { value } = decoded;
  return typeof value === 'object' && value !== null && 'written' in value ? { ...value, written: undefined } : value;
}
