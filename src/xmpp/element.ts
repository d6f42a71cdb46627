import xml from '@xmpp/xml';
import type { Element as LtxElement } from 'ltx';

/**
 * An XML element. One class for all that is read and written: the one that xmpp.js parses into
 * (ltx is published twice, as CommonJS and as ESM, and the two `Element`s are strangers to each other).
 */
export type Element = LtxElement;
export const Element = xml.Element;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Element | string | undefined;

/**
 * Makes an element. Attributes that are `undefined` are left out, as are children.
 *
 *     element('claimed', { xmlns: 'urn:xmpp:iot:discovery', jid: 'owner@example.org', public: false })
 */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Element {
  const made = new Element(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.attrs[key] = String(value);
  }
  for (const child of children) {
    if (child !== undefined) made.append(child);
  }
  return made;
}

/** The child elements, without the text between them. */
export function childElements(parent: Element): Element[] {
  return parent.children.filter((child): child is Element => typeof child !== 'string');
}

/**
 * The namespace of an element, empty for none. Unlike with ltx's own `getNS`, `xmlns=''` undoes that of a parent
 * (Namespaces in XML 1.0 section 6.2).
 */
export function namespaceOf(node: Element): string {
  const colon = node.name.indexOf(':');
  const attribute = colon < 0 ? 'xmlns' : `xmlns:${node.name.slice(0, colon)}`;
  for (let at: Element | null = node; at; at = at.parent) {
    const declared: unknown = at.attrs[attribute];
    if (typeof declared === 'string') return declared;
  }
  return '';
}

/**
 * Whether a child counts as of its payload's namespace. It does where it has none, or that of the stream: some peers
 * put only the payload itself into its namespace, and no child of a payload belongs to the stream.
 */
export function isOfNamespace(child: Element, xmlns: string): boolean {
  const own = namespaceOf(child);
  return own === xmlns || LOST.has(own);
}

const LOST: ReadonlySet<string> = new Set(['', 'jabber:client', 'jabber:component:accept']);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const escaped = (character: string): string => ESCAPES[character] ?? character;

/**
 * Writes an element as XML. Unlike ltx's own `toString` it keeps tabs and line ends in attributes
 * (an XML parser turns them to spaces unless they are written as character references, XML 1.0 section 3.3.3)
 * and carriage returns in text: what a device reported is to come back to the character.
 */
export function serialize(node: Element): string {
  let text = `<${node.name}`;
  for (const [key, value] of Object.entries(node.attrs)) {
    if (value !== undefined && value !== null) text += ` ${key}="${String(value).replace(/["&'<>\t\n\r]/g, escaped)}"`;
  }
  if (node.children.length === 0) return `${text}/>`;
  text += '>';
  for (const child of node.children) {
    text += typeof child === 'string' ? child.replace(/[&<>\r]/g, escaped) : serialize(child);
  }
  return `${text}</${node.name}>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const UNSAYABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** XML without the characters that XML cannot say: one of them would end the stream for everyone on it. */
export function sayable(xml: string): string {
  return xml.replace(UNSAYABLE, '\ufffd');
}
