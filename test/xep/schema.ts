import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

export interface Attribute {
  readonly required: boolean;
  readonly otherwise?: string;
}

/** What a schema says of one element: its attributes, and the names and types of its children. */
export interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly children: Readonly<Record<string, Shape>>;
}

/** A node as fast-xml-parser gives it where the order is kept: one key for the tag, `:@` for the attributes. */
export type Raw = Readonly<Record<string, unknown>>;

/** The values of a simple type that lists them. */
export function readEnumeration(file: string, type: string): readonly string[] {
  const types = topsOf(file).filter((node) => tagOf(node) === 'xs:simpleType' && attributesOf(node)['name'] === type);
  const facets = types.flatMap(contentOf).flatMap(contentOf);
  return facets.flatMap((facet) => attributesOf(facet)['value'] ?? []);
}

/** A schema of ours as the shapes of its elements. It knows the parts of XSD that our schemas use, and throws for others. */
export function readSchema(file: string): Readonly<Record<string, Shape>> {
  const tops = topsOf(file);

  const named = (tag: string, name: string): readonly Raw[] => {
    const found = tops.find((node) => tagOf(node) === tag && attributesOf(node)['name'] === name);
    if (found === undefined) throw new Error(`${file} has no ${tag} of the name ${name}`);
    return contentOf(found);
  };

  function shapeOf(content: readonly Raw[]): Shape {
    const attributes: Record<string, Attribute> = {};
    const children: Record<string, Shape> = {};
    for (const part of content.map(partOf)) {
      Object.assign(attributes, part.attributes);
      Object.assign(children, part.children);
    }
    return { attributes, children };
  }

  function partOf(node: Raw): Shape {
    const { ref = '', name = ref, use, default: otherwise } = attributesOf(node);
    const tag = tagOf(node);
    if (tag === 'xs:attribute') {
      const attribute = { required: use === 'required', ...(otherwise !== undefined && { otherwise }) };
      return { attributes: { [name]: attribute }, children: {} };
    }
    if (tag === 'xs:element') return { attributes: {}, children: { [name]: elementOf(node) } };
    if (tag === 'xs:group' || tag === 'xs:attributeGroup') return shapeOf(named(tag, ref));
    if (tag === 'xs:any' || tag === 'xs:unique') return { attributes: {}, children: {} };
    if (TRANSPARENT.includes(tag)) return shapeOf(contentOf(node));
    throw new Error(`${file}: ${tag} is not understood`);
  }

  function elementOf(node: Raw): Shape {
    const { type } = attributesOf(node);
    if (type === undefined) return shapeOf(contentOf(node));
    const isComplex = tops.some((top) => tagOf(top) === 'xs:complexType' && attributesOf(top)['name'] === type);
    return isComplex ? shapeOf(named('xs:complexType', type)) : { attributes: {}, children: {} };
  }

  const elements = tops.filter((node) => tagOf(node) === 'xs:element');
  return Object.fromEntries(elements.map((node) => [attributesOf(node)['name'] ?? '', elementOf(node)]));
}

/** What a schema consists of. */
function topsOf(file: string): readonly Raw[] {
  return contentOf(rawSchema(file));
}

/** A schema of `schemas/` as it is written. */
export function rawSchema(file: string): Raw {
  const xml = readFileSync(new URL(`../../schemas/${file}`, import.meta.url), 'utf8');
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' });
  const schema = rawNodes(parser.parse(xml)).find((node) => tagOf(node) === 'xs:schema');
  if (schema === undefined) throw new Error(`${file} is no schema`);
  return schema;
}

const TRANSPARENT: readonly string[] = [
  'xs:complexType',
  'xs:sequence',
  'xs:choice',
  'xs:all',
  'xs:simpleContent',
  'xs:extension',
];

function isRaw(node: unknown): node is Raw {
  return typeof node === 'object' && node !== null;
}

function rawNodes(nodes: unknown): readonly Raw[] {
  return Array.isArray(nodes) ? nodes.filter(isRaw) : [];
}

export function tagOf(node: Raw): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '';
}

export function contentOf(node: Raw): readonly Raw[] {
  return rawNodes(node[tagOf(node)]).filter((child) => tagOf(child) !== '#text' && tagOf(child) !== '#comment');
}

export function attributesOf(node: Raw): Readonly<Record<string, string | undefined>> {
  const attributes = node[':@'];
  if (!isRaw(attributes)) return {};
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
}
