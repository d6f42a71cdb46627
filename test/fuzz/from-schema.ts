import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { attributesOf, contentOf, type Raw, rawSchema, tagOf } from '../xep/schema.js';
import { BUILT_IN, FIELD_VALUES, MEANINGFUL, NAMED } from './values.js';
import { type Attribute, tree, type XmlTree } from './xml-tree.js';

type Content = readonly XmlTree[];
type Parts = { readonly attributes: fc.Arbitrary<readonly Attribute[]>; readonly content: fc.Arbitrary<Content> };

const FILES = readdirSync(new URL('../../schemas/', import.meta.url)).filter((file) => file.endsWith('.xsd'));

/** The schema of each namespace. */
const OF_NAMESPACE = new Map(
  FILES.map((file) => [attributesOf(rawSchema(file))['targetNamespace'] ?? '', file] as const),
);

/** How often what may be left out is there, in a hundred; sensor data have thirty flags a field. */
const OPTIONAL_PERCENT = 25;
/** How often a value is one that means something where there is such a list, in a hundred. */
const MEANINGFUL_PERCENT = 75;
const MOST_REPEATED = 4;

/**
 * Grows the elements of a schema of ours: a valid one of each name, with its namespace declared. It knows the parts of
 * XSD that our schemas use, and throws for others. What a schema says by `xs:unique`, or cannot say, may be broken.
 */
export function growSchema(file: string): Readonly<Record<string, fc.Arbitrary<XmlTree>>> {
  const schema = rawSchema(file);
  const xmlns = attributesOf(schema)['targetNamespace'] ?? '';
  const tops = contentOf(schema);

  const topOf = (tag: string, name: string): Raw => {
    const found = tops.find((node) => tagOf(node) === tag && attributesOf(node)['name'] === name);
    if (found === undefined) throw new Error(`${file} has no ${tag} of the name ${name}`);
    return found;
  };

  function elementOf(node: Raw, owner = ''): fc.Arbitrary<XmlTree> {
    const { name = '', ref, type } = attributesOf(node);
    if (ref !== undefined) return elementOf(topOf('xs:element', ref.replace(/^.*:/, '')), owner);
    if (type === undefined) return treeOf(name, partsOf(contentOf(node), name));
    if (isComplex(type)) return treeOf(name, partsOf(contentOf(topOf('xs:complexType', type)), name));
    const value = name === 'value' ? fc.constantFrom(...FIELD_VALUES) : grownOf(type);
    return value.map((text) => tree(name, [], [text]));
  }

  function isComplex(type: string): boolean {
    return tops.some((top) => tagOf(top) === 'xs:complexType' && attributesOf(top)['name'] === type);
  }

  function partsOf(nodes: readonly Raw[], owner: string): Parts {
    const parts = nodes.map((node) => partOf(node, owner));
    return {
      attributes: joined(parts.map(({ attributes }) => attributes)),
      content: joined(parts.map(({ content }) => content)),
    };
  }

  function partOf(node: Raw, owner: string): Parts {
    const { ref = '' } = attributesOf(node);
    const tag = tagOf(node);
    switch (tag) {
      case 'xs:attribute':
        return { attributes: attributeOf(node, owner), content: NOTHING };
      case 'xs:attributeGroup':
        return partsOf(contentOf(topOf(tag, ref)), owner);
      case 'xs:group':
        return partsOf(contentOf(topOf(tag, ref)), owner);
      case 'xs:element':
        return {
          attributes: NONE,
          content: repeated(
            node,
            elementOf(node, owner).map((one) => [one]),
          ),
        };
      case 'xs:any':
        return { attributes: NONE, content: anyOf(node) };
      case 'xs:choice':
        return { attributes: NONE, content: repeated(node, choiceOf(node, owner)) };
      case 'xs:sequence':
      case 'xs:all':
        return { attributes: NONE, content: repeated(node, partsOf(contentOf(node), owner).content) };
      case 'xs:complexType':
      case 'xs:simpleContent':
      case 'xs:extension':
        return partsOf(contentOf(node), owner);
      case 'xs:unique':
        return { attributes: NONE, content: NOTHING };
      default:
        throw new Error(`${file}: ${tag} is not understood`);
    }
  }

  function choiceOf(node: Raw, owner: string): fc.Arbitrary<Content> {
    return fc.oneof(...contentOf(node).map((one) => partOf(one, owner).content));
  }

  function attributeOf(node: Raw, owner: string): fc.Arbitrary<readonly Attribute[]> {
    const { ref, use, type } = attributesOf(node);
    const name = ref ?? attributesOf(node)['name'] ?? '';
    const [inner] = contentOf(node);
    const typed = ref === 'xml:lang' ? fc.constant('en') : type === undefined ? simpleOf(inner) : grownOf(type);
    const known = MEANINGFUL[`${owner}@${name}`] ?? MEANINGFUL[name];
    const value =
      known === undefined
        ? typed
        : fc.oneof(
            { weight: MEANINGFUL_PERCENT, arbitrary: fc.constantFrom(...known) },
            { weight: 100 - MEANINGFUL_PERCENT, arbitrary: typed },
          );
    const one = value.map((text): readonly Attribute[] => [[name, text]]);
    return use === 'required' || name === 'var' ? one : sometimes(one, [], OPTIONAL_PERCENT);
  }

  function grownOf(type: string): fc.Arbitrary<string> {
    const known = BUILT_IN[type] ?? NAMED[type];
    return known ?? simpleOf(topOf('xs:simpleType', type));
  }

  function simpleOf(node: Raw | undefined): fc.Arbitrary<string> {
    const [rule] = node === undefined ? [] : contentOf(node);
    if (rule === undefined) throw new Error(`${file}: an attribute without a type`);
    const { base = '', memberTypes } = attributesOf(rule);
    if (memberTypes !== undefined) return fc.oneof(...memberTypes.split(' ').map(grownOf));
    const facets = contentOf(rule);
    const valueOfFacet = (facet: Raw): string => attributesOf(facet)['value'] ?? '';
    const listed = facets.filter((facet) => tagOf(facet) === 'xs:enumeration').map(valueOfFacet);
    if (listed.length > 0) return fc.constantFrom(...listed);
    const pattern = facets.filter((facet) => tagOf(facet) === 'xs:pattern').map(valueOfFacet)[0];
    if (pattern !== undefined) return fc.stringMatching(new RegExp(`^(${pattern})$`));
    const minLength = facets.find((facet) => tagOf(facet) === 'xs:minLength');
    return minLength === undefined ? grownOf(base) : grownOf(base).filter((text) => text !== '');
  }

  function treeOf(name: string, { attributes, content }: Parts): fc.Arbitrary<XmlTree> {
    return fc.tuple(attributes, content).map(([some, inner]) => tree(name, some, inner));
  }

  const elements = tops.filter((node) => tagOf(node) === 'xs:element');
  return Object.fromEntries(
    elements.map((node) => [
      attributesOf(node)['name'] ?? '',
      elementOf(node).map(({ name, attributes, content }) => tree(name, [['xmlns', xmlns], ...attributes], content)),
    ]),
  );
}

/** What stands where a schema lets in those of another namespace; the children of stanzas are not grown so. */
function anyOf(node: Raw): fc.Arbitrary<Content> {
  const file = OF_NAMESPACE.get(attributesOf(node)['namespace'] ?? '');
  if (file === undefined) return NOTHING;
  return repeated(
    node,
    fc.oneof(...Object.values(growSchema(file))).map((one) => [one]),
    75,
  );
}

function repeated(node: Raw, content: fc.Arbitrary<Content>, percent = 50): fc.Arbitrary<Content> {
  const { minOccurs = '1', maxOccurs = '1' } = attributesOf(node);
  const min = Number(minOccurs);
  const max = maxOccurs === 'unbounded' ? min + MOST_REPEATED : Math.min(Number(maxOccurs), min + MOST_REPEATED);
  if (min === 1 && max === 1) return content;
  if (min === 0 && max === 1) return sometimes(content, [], percent);
  return fc.array(content, { minLength: min, maxLength: max }).map((all) => all.flat());
}

function sometimes<T>(arbitrary: fc.Arbitrary<T>, otherwise: T, percent: number): fc.Arbitrary<T> {
  return fc.oneof({ weight: percent, arbitrary }, { weight: 100 - percent, arbitrary: fc.constant(otherwise) });
}

function joined<T>(arbitraries: readonly fc.Arbitrary<readonly T[]>[]): fc.Arbitrary<readonly T[]> {
  return fc.tuple(...arbitraries).map((all) => all.flat());
}

const NONE: fc.Arbitrary<readonly Attribute[]> = fc.constant([]);
const NOTHING: fc.Arbitrary<Content> = fc.constant([]);
