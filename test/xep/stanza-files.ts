import { readdirSync, readFileSync } from 'node:fs';
import { childElements, Element } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';

/** What the `.json` beside a stanza says of it. */
export interface Expected {
  /** Which codec reads it. */
  readonly kind: string;
  readonly value?: unknown;
  /** How we write the value, where that is not how the stanza has it. */
  readonly written?: string;
  readonly error?: {
    readonly condition: string;
    readonly type: string;
    readonly textIncludes: readonly string[];
    /** Secrets. */
    readonly textExcludes?: readonly string[];
  };
}

export interface StanzaFile {
  readonly name: string;
  readonly stanza: Element;
  readonly expected: Expected;
}

const STANZAS = new URL('../../stanzas/', import.meta.url);

/** The wire examples of one protocol, hostile twins included. */
export function stanzaFiles(protocol: string): readonly StanzaFile[] {
  const folder = new URL(`${protocol}/`, STANZAS);
  const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.xml') ? [file.slice(0, -4)] : []));
  return names.map((name) => ({
    name,
    stanza: parseXml(read(`${name}.xml`)),
    expected: JSON.parse(read(`${name}.json`)),
  }));
}

/** The one element of a text, read as the connection reads its stream. */
export function parseXml(xml: string): Element {
  const found: Element[] = [];
  const fail = (...why: unknown[]): never => {
    throw new Error(`not an element: ${why.join(' ')}`);
  };
  const parser = createParser({
    opened: () => undefined,
    element: (element) => found.push(element),
    refused: fail,
    closed: () => undefined,
    fault: fail,
  });
  parser.write(`<stream>${xml.trim()}</stream>`);
  const [element] = found;
  return element ?? fail(xml);
}

/** The payload of an IQ. */
export function payloadOf(stanza: Element): Element {
  const [payload] = childElements(stanza);
  if (payload === undefined) throw new Error(`<${stanza.name}/> has no payload`);
  return payload;
}

/** An element as data in which the order of attributes, and white space between elements, do not count. */
export function canonical(element: Element): unknown {
  const { xmlns, ...attributes } = element.attrs;
  const elements = childElements(element);
  const text = element.children.filter((child) => typeof child === 'string').join('');
  return {
    name: element.getName(),
    xmlns: element.getNS() ?? '',
    attributes: Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))),
    children: elements.length > 0 && text.trim() === '' ? elements.map(canonical) : element.children.map(childOf),
  };
}

function childOf(child: Element | string): unknown {
  return child instanceof Element ? canonical(child) : child;
}
