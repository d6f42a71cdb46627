import fc from 'fast-check';
import { edge } from './values.js';
import { places, tree, write, type XmlTree } from './xml-tree.js';

/** One thing that is wrong with an element; what it takes to be well-formed XML stays. */
type Damage = (at: XmlTree, value: string) => XmlTree;

const withAttribute = (at: XmlTree, index: number, name: string, value: string): XmlTree => ({
  ...at,
  attributes: at.attributes.with(index, [name, value]),
});

/** An index into something that may be empty, drawn by the value, so that one seed damages in one way. */
function indexIn(list: readonly unknown[], value: string): number {
  return list.length === 0 ? 0 : (value.length * 7 + (value.codePointAt(0) ?? 3)) % list.length;
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  'an attribute is missing': (at, value) => ({
    ...at,
    attributes: at.attributes.toSpliced(indexIn(at.attributes, value), 1),
  }),
  'an attribute has another value': (at, value) => {
    const index = indexIn(at.attributes, value);
    const [name] = at.attributes[index] ?? ['value'];
    return at.attributes.length === 0 ? at : withAttribute(at, index, name, value);
  },
  'an attribute is spelt otherwise': (at, value) => {
    const index = indexIn(at.attributes, value);
    const [name, old] = at.attributes[index] ?? ['a', ''];
    return at.attributes.length === 0 || name === 'xmlns' ? at : withAttribute(at, index, name.toUpperCase(), old);
  },
  'an attribute that nobody knows': (at, value) => ({ ...at, attributes: [...at.attributes, ['fuzz', value]] }),
  'another namespace': (at, value) => ({
    ...at,
    attributes: [['xmlns', value], ...at.attributes.filter(([name]) => name !== 'xmlns')],
  }),
  'another name': (at) => ({ ...at, name: `${at.name}x` }),
  'the name in capitals': (at) => ({ ...at, name: at.name.toUpperCase() }),
  'text where there is none': (at, value) => ({ ...at, content: [value, ...at.content] }),
  'no content': (at) => ({ ...at, content: [] }),
  'a child twice': (at, value) => {
    const index = indexIn(at.content, value);
    return { ...at, content: [...at.content, ...at.content.slice(index, index + 1)] };
  },
  'a child that is itself': (at) => ({ ...at, content: [...at.content, at] }),
  'a child of another namespace': (at) => ({ ...at, content: [tree('fuzz', [['xmlns', 'urn:fuzz']]), ...at.content] }),
  'children in another order': (at) => ({ ...at, content: at.content.toReversed() }),
  'very many children': (at) => ({
    ...at,
    content:
      at.content.length === 0
        ? at.content
        : Array.from({ length: 70 }, () => at.content)
            .flat()
            .slice(0, 200),
  }),
  'a stanza inside': (at) => ({
    ...at,
    content: [
      ...at.content,
      tree('iq', [
        ['xmlns', 'jabber:component:accept'],
        ['type', 'get'],
        ['id', 'inner'],
      ]),
    ],
  }),
};

/** An element with one to three faults, in any of its parts. */
export function damaged(valid: fc.Arbitrary<XmlTree>): fc.Arbitrary<XmlTree> {
  const fault = fc.tuple(fc.constantFrom(...Object.values(DAMAGES)), fc.nat(10_000), edge);
  return fc.tuple(valid, fc.array(fault, { minLength: 1, maxLength: 3 })).map(([whole, faults]) =>
    faults.reduce((sofar, [damage, where, value]) => {
      const all = [...places(sofar)];
      const { at, put } = all[where % all.length] ?? { at: sofar, put: (other: XmlTree) => other };
      return put(withoutDoubles(damage(at, value)));
    }, whole),
  );
}

/** An attribute twice is not well-formed: see {@link brokenXml} for that. */
function withoutDoubles(at: XmlTree): XmlTree {
  const isFirst = ([name]: readonly [string, string], index: number) =>
    at.attributes.findIndex(([other]) => other === name) === index;
  return { ...at, attributes: at.attributes.filter(isFirst) };
}

/** Texts that are not well-formed, or no XMPP: each ends the stream of who sends it. */
export function brokenXml(valid: fc.Arbitrary<XmlTree>): fc.Arbitrary<string> {
  return fc.tuple(valid, fc.constantFrom(...BREAKS)).map(([whole, broken]) => broken(whole));
}

const BREAKS: readonly ((whole: XmlTree) => string)[] = [
  ({ name, attributes, content }) => write(tree(name, [...attributes, ...attributes.slice(0, 1)], content)),
  (whole) => write(whole).replace(/\/?>/, ' a=1$&'),
  (whole) => write(whole).replace(/^<\w+/, '$& =""'),
  (whole) => write(whole).replace('>', '>&unknown;</x>'),
  (whole) => write(whole).replace(/='/, "='&#xD800;"),
  (whole) => write(whole).replace(/='/, "='&#0;"),
  (whole) => write(whole).replace(/='/, "='<"),
  (whole) => write(whole).replace(/='/, "='\u0000"),
  (whole) => write(whole).replace(/='/, "='\uffff"),
  (whole) => `<!-- a comment -->${write(whole)}`,
  (whole) => `<?php ?>${write(whole)}`,
  (whole) => `<!DOCTYPE x [<!ENTITY a "b">]>${write(whole)}`,
  (whole) => `${write(whole)}</nothing>`,
  (whole) => `text${write(whole)}`,
  (whole) => `<-${write(whole)}`,
];
