import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type FileRecord, isDamaged, NOT_UTF8, PROPERTIES, thingText } from './file-record.js';
import { splitThings } from './split-xml.js';

/**
 * Reads a file of XML, its tags as the wire has them (XEP-0347 section 3.6):
 *
 *     <things>
 *       <thing jid='meter7@example.org' nodeId='' owner='anna@example.org' public='false' key='4857402340298342'>
 *         <str name='SN' value='39487'/><num name='LAT' value='59.30'/>
 *       </thing>
 *     </things>
 */
export async function* readXmlThings(chunks: AsyncIterable<string>): AsyncGenerator<FileRecord, void> {
  for await (const piece of splitThings(chunks)) {
    yield 'xml' in piece ? thingOf(piece.line, piece.xml) : piece;
  }
}

const KNOWN: ReadonlySet<string> = new Set(PROPERTIES);

/** It expands no entities and turns no text into a number: what references there may be is read here. */
const PARSER_OPTIONS = {
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  preserveOrder: true,
} as const;

function thingOf(line: number, xml: string): FileRecord {
  if (isDamaged(xml)) return { line, fault: NOT_UTF8 };
  const parsed = parse(line, xml);
  if ('fault' in parsed) return parsed;
  const [thing] = parsed.elements;
  if (thing === undefined) return { line, fault: NOT_WELL_FORMED };
  const unknown = [...thing.attributes.keys()].find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    return { line, fault: `The attribute ${unknown} is not known; use ${PROPERTIES.join(', ')}.` };
  const tags = tagsOf(thing.children);
  return typeof tags === 'string' ? { line, fault: tags } : thingText(line, thing.attributes, tags);
}

/** Values by names, those of numeric tags after a hash sign; or what is wrong. */
function tagsOf(children: readonly Parsed[]): ReadonlyMap<string, string> | string {
  const tags = new Map<string, string>();
  for (const { name, attributes } of children) {
    if (name !== 'str' && name !== 'num') return `<${name}/> is not known in <thing>; use <str> and <num>.`;
    const [tag = '', value] = [attributes.get('name'), attributes.get('value')];
    if (tag === '' || value === undefined || attributes.size !== 2) {
      return `<${name}/> is to have the attributes name and value, and no others.`;
    }
    const key = name === 'num' ? `#${tag}` : tag;
    if (tags.has(key)) return `The tag ${JSON.stringify(tag)} is given twice; give each tag once.`;
    tags.set(key, value);
  }
  return tags;
}

const NOT_WELL_FORMED = 'It is not well-formed XML.';

interface Parsed {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Parsed[];
}

/** A reference that stands for nothing, or text where none is to be. */
class Fault extends Error {}

function parse(line: number, xml: string): { readonly elements: readonly Parsed[] } | { line: number; fault: string } {
  // Its words may repeat what is written, of which a part may be a KEY; the place is enough.
  const valid = XMLValidator.validate(xml);
  if (valid !== true) return { line: line + valid.err.line - 1, fault: NOT_WELL_FORMED };
  try {
    return { elements: elementsOf(new XMLParser(PARSER_OPTIONS).parse(xml)) };
  } catch (error) {
    return { line, fault: error instanceof Fault ? error.message : NOT_WELL_FORMED };
  }
}

/** The parser's tree: a list of objects, each with one property named like the element and one, `:@`, of attributes. */
function elementsOf(nodes: unknown): readonly Parsed[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const entries = new Map<string, unknown>(Object.entries(Object(node)));
    const attributes: unknown = entries.get(':@') ?? {};
    return [...entries].flatMap(([name, inside]): Parsed[] => {
      if (name === ':@') return [];
      if (name !== '#text') return [{ name, attributes: attributesOf(attributes), children: elementsOf(inside) }];
      if (String(inside).trim() !== '') throw new Fault('There is text in it; values are attributes.');
      return [];
    });
  });
}

function attributesOf(written: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(Object(written));
  return new Map(entries.map(([name, value]): [string, string] => [name, unescaped(String(value))]));
}

const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The value of an attribute (XML 1.0 sections 3.3.3 and 4.1): white space is spaces unless it is written as a reference. */
function unescaped(text: string): string {
  return text
    .replace(/\r\n|[\t\n\r]/g, ' ')
    .replace(/&(?:#(\d+)|#x([\da-fA-F]+)|([^;&\s]+))?;?/g, (all, decimal, hex, name) => {
      const code = Number.parseInt(decimal ?? hex, hex === undefined ? 10 : 16);
      const character =
        name === undefined ? characterOf(code) : Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
      if (character === undefined || !all.endsWith(';'))
        throw new Fault('It refers to an entity or a character that there is not.');
      return character;
    });
}

function characterOf(code: number): string | undefined {
  const isCharacter =
    code === 9 || code === 10 || code === 13 || (code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000));
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
