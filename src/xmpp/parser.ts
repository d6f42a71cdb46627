import { Element } from './element.js';
import { type StreamCondition, Tokenizer, XmlFault } from './tokenizer.js';

export interface ParserLimits {
  /** The largest stanza, in characters of XML. */
  readonly maxStanza: number;
  /** How deep elements may be nested in a stanza, the stanza itself included. */
  readonly maxDepth: number;
}

/**
 * A stanza of 2 Mi characters is four times what ejabberd lets in from another server and eight times what it lets in
 * from a client, as it is shipped. No protocol of ours nests deeper than ten.
 */
export const DEFAULT_LIMITS: ParserLimits = { maxStanza: 2 * 1024 * 1024, maxDepth: 100 };

export interface ParserEvents {
  /** The opening tag of the stream. */
  readonly opened: (root: Element) => void;
  /** A whole child of the stream's root. */
  readonly element: (element: Element) => void;
  /** A stanza beyond the limits: its opening tag alone, and what was wrong with it. */
  readonly refused: (head: Element, why: string) => void;
  /** The closing tag of the stream. */
  readonly closed: () => void;
  /** The stream cannot be read on. Nothing follows. */
  readonly fault: (condition: StreamCondition, why: string) => void;
}

export interface Parser {
  /** Reads on. Throws only what the receivers of the events throw. */
  write(text: string): void;
}

/**
 * Builds the elements of a stream. White space between stanzas leaves nothing behind.
 *
 * A stanza that is too large or too deep is passed over and refused by itself: ending the stream for it would hand
 * every user of the server the means to cut off all others.
 */
export function createParser(events: ParserEvents, limits: ParserLimits = DEFAULT_LIMITS): Parser {
  const tree = new Tree(events, limits);
  const tokenizer = new Tokenizer(tree, limits.maxStanza);
  return {
    write(text) {
      if (tree.done) return;
      try {
        tokenizer.write(text);
      } catch (error) {
        if (!(error instanceof XmlFault)) throw error;
        tree.done = true;
        events.fault(error.condition, error.message);
      }
    },
  };
}

class Tree {
  /** After the end of the stream, or a fault, nothing counts. */
  done = false;
  readonly #events: ParserEvents;
  readonly #limits: ParserLimits;
  #root: Element | undefined;
  /** The innermost open element that was built; undefined between stanzas. */
  #cursor: Element | undefined;
  #stanza: Element | undefined;
  #depth = 0;
  #size = 0;
  /** Why the stanza being read is refused; empty while it is not. */
  #refusal = '';

  constructor(events: ParserEvents, limits: ParserLimits) {
    this.#events = events;
    this.#limits = limits;
  }

  open(name: string, attributes: Record<string, string>, empty: boolean, size: number): void {
    if (this.done) return;
    if (this.#root === undefined) {
      this.#root = made(name, attributes);
      this.#events.opened(this.#root);
    } else if (++this.#depth === 1) {
      this.#openStanza(this.#root, made(name, attributes), size);
    } else {
      this.#openChild(name, attributes, size);
    }
    if (empty) this.close(name);
  }

  text(text: string): void {
    if (this.done) return;
    if (this.#cursor === undefined) {
      if (text.trim() !== '') throw new XmlFault('bad-format', 'text outside any stanza');
      return;
    }
    if (!this.#within(text.length)) return;
    const { children } = this.#cursor;
    const last = children.length - 1;
    const before = children[last];
    if (typeof before === 'string') children[last] = before + text;
    else children.push(text);
  }

  close(name: string): void {
    if (this.done) return;
    if (this.#depth === 0) {
      this.#closeRoot(name);
      return;
    }
    if (this.#refusal === '') {
      if (name !== this.#cursor?.name) throw mismatch(name, this.#cursor?.name);
      this.#cursor = this.#cursor.parent ?? undefined;
    }
    if (--this.#depth === 0) this.#closeStanza();
  }

  #openStanza(root: Element, stanza: Element, size: number): void {
    // Its namespace is the root's; the root does not keep it.
    stanza.parent = root;
    this.#stanza = stanza;
    this.#cursor = stanza;
    this.#refusal = '';
    this.#size = size;
  }

  #openChild(name: string, attributes: Record<string, string>, size: number): void {
    if (!this.#within(size) || this.#cursor === undefined) return;
    const child = made(name, attributes);
    child.parent = this.#cursor;
    this.#cursor.children.push(child);
    this.#cursor = child;
  }

  /** Whether the stanza is within its limits with so many characters more. */
  #within(size: number): boolean {
    const { maxStanza, maxDepth } = this.#limits;
    if (this.#refusal !== '') return false;
    this.#size += size;
    if (this.#size > maxStanza) this.#refusal = `The stanza has more than ${maxStanza} characters.`;
    if (this.#depth > maxDepth) this.#refusal = `Elements are nested more than ${maxDepth} deep.`;
    if (this.#refusal === '') return true;
    this.#cursor = this.#stanza; // and so let go of all that was built inside
    if (this.#stanza !== undefined) this.#stanza.children = [];
    return false;
  }

  #closeStanza(): void {
    const stanza = this.#stanza;
    this.#stanza = undefined;
    this.#cursor = undefined;
    if (stanza === undefined) return;
    if (this.#refusal === '') this.#events.element(stanza);
    else this.#events.refused(stanza, this.#refusal);
  }

  #closeRoot(name: string): void {
    if (name !== this.#root?.name) throw mismatch(name, this.#root?.name);
    this.done = true;
    this.#events.closed();
  }
}

function made(name: string, attributes: Record<string, string>): Element {
  const element = new Element(name);
  element.attrs = attributes;
  return element;
}

function mismatch(name: string, open: string | undefined): XmlFault {
  return new XmlFault('not-well-formed', `</${name}> where ${open === undefined ? 'nothing' : `<${open}>`} is open`);
}
