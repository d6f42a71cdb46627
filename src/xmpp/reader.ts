import { childElements, type Element, isOfNamespace, namespaceOf } from './element.js';
import { type Jid, parseJid } from './jid.js';
import { type StanzaError, stanzaError } from './stanza-error.js';

/** A decoded object, whole, or why the element was refused. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: StanzaError };

/**
 * Reads one element attribute by attribute and keeps the first fault found, so that a codec reads like a list of what
 * its element holds. After a fault every further read gives a harmless value, and {@link Reader.end} gives the error.
 *
 *     const read = new Reader(payload);
 *     return read.end({ seqnr: read.int('seqnr'), done: read.boolean('done', false) });
 */
export class Reader {
  readonly element: Element;
  #error: StanzaError | undefined;

  constructor(element: Element) {
    this.element = element;
  }

  /** The decoded object, or the first fault; only after a fault may the object be missing. */
  end<T>(value: T | undefined): Decoded<T> {
    if (this.#error !== undefined) return { ok: false, error: this.#error };
    if (value === undefined) throw new Error(`<${this.element.getName()}/> has neither a value nor a fault`);
    return { ok: true, value };
  }

  /** Whether nothing was found wrong so far. */
  get ok(): boolean {
    return this.#error === undefined;
  }

  /** Notes what is wrong with the element; the first note counts. */
  refuse(why: string): void {
    this.fail(stanzaError('bad-request', `<${this.element.getName()}/>: ${why}`));
  }

  fail(error: StanzaError): void {
    this.#error ??= error;
  }

  /** An attribute as written; undefined where it is absent. */
  optional(name: string): string | undefined {
    const value: unknown = Object.hasOwn(this.element.attrs, name) ? this.element.attrs[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  /** An attribute that must be there; it may be empty. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.refuse(`the attribute "${name}" is missing.`);
    return value ?? '';
  }

  string(name: string, otherwise: string): string {
    return this.optional(name) ?? otherwise;
  }

  /** An xs:boolean: true, false, 1 or 0. */
  boolean(name: string, otherwise: boolean): boolean {
    const text = this.#collapsed(name);
    if (text === undefined) return otherwise;
    if (text === 'true' || text === '1') return true;
    if (text !== 'false' && text !== '0') this.refuse(`${name}=${quote(text)} is not a boolean; use true or false.`);
    return false;
  }

  /** A finite xs:double; INF and NaN compare with nothing and are refused. */
  double(name: string): { value: number; text: string } {
    const text = collapse(this.required(name));
    const value = finiteDouble(text);
    if (value === undefined) this.refuse(`${name}=${quote(text)} is not a finite number.`);
    return { value: value ?? 0, text };
  }

  /** A whole number from `min` to `max`, both included; `max` may be Infinity. */
  integer(name: string, min: number, max: number, otherwise?: number): number {
    const text = this.#collapsed(name);
    if (text === undefined && otherwise !== undefined) return otherwise;
    const value = /^[+-]?\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value + 0; // which makes 0 of -0
    const given = text === undefined ? `the attribute "${name}" is missing` : `${name}=${quote(text)} will not do`;
    const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
    this.refuse(`${given}; use a whole number ${range}.`);
    return min;
  }

  /** A JID in stringprep form; undefined where it is absent or was refused. */
  jid(name: string): Jid | undefined {
    const text = this.optional(name);
    if (text === undefined) return undefined;
    const jid = parseJid(text);
    if (jid === undefined) this.fail(stanzaError('jid-malformed', `${name}=${quote(text)} is not a JID.`));
    return jid;
  }

  /**
   * The child elements, each of which must be of this element's namespace, or have lost it, and be named in `names`.
   * Text beside them must be white space.
   */
  children(...names: readonly string[]): Reader[] {
    const { element } = this;
    if (collapse(element.getText()) !== '') this.refuse('text is not allowed here.');
    return childElements(element).map((child) => {
      if (!isOfNamespace(child, namespaceOf(element))) {
        this.refuse(`${quoteTag(child)} is in the namespace ${quote(namespaceOf(child))}.`);
      } else if (!names.includes(child.getName())) {
        const known = names.length === 0 ? 'no elements' : names.map((name) => `<${name}/>`).join(', ');
        this.refuse(`${quoteTag(child)} is not known here; known are ${known}.`);
      }
      return new Reader(child);
    });
  }

  /** Refuses text and child elements: what the element says, its attributes say. */
  empty(): void {
    this.children();
  }

  /** The text of the one child element of that name. */
  requiredText(name: string): string {
    const [child, ...others] = this.element.getChildren(name, this.element.getNS());
    if (child === undefined) this.refuse(`<${name}/> is missing.`);
    if (others.length > 0) this.refuse(`<${name}/> is given twice.`);
    return child?.getText() ?? '';
  }

  #collapsed(name: string): string | undefined {
    const text = this.optional(name);
    return text === undefined ? undefined : collapse(text);
  }

  /** Takes over a fault that a child's reader found. */
  takeOver(child: Reader): void {
    if (child.#error !== undefined) this.fail(child.#error);
  }
}

const DOUBLE = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** The value of an xs:double, white space around it allowed; undefined for what is none, and for INF and NaN. */
export function finiteDouble(text: string): number | undefined {
  const trimmed = collapse(text);
  const value = DOUBLE.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n']);

/**
 * Without white space at its ends: that of XML (XML Schema part 2, "collapse"), which knows four characters of it, and
 * not all that Unicode has: a no-break space is part of a value.
 */
export function collapse(text: string): string {
  // No regular expression: `[ \t\r\n]+$` takes quadratic time for a long run of spaces.
  let [from, to] = [0, text.length];
  while (from < to && SPACE.has(text.charAt(from))) from += 1;
  while (from < to && SPACE.has(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Quotes a value of the peer's for an error text, cut to what a person can use. */
export function quote(text: string): string {
  return JSON.stringify(cut(text));
}

/** The tag of an element of the peer's for an error text, cut in the same way. */
export function quoteTag(element: Element): string {
  return `<${cut(element.getName())}/>`;
}

function cut(text: string): string {
  const [...characters] = text;
  return characters.length > 64 ? `${characters.slice(0, 64).join('')}...` : text;
}
