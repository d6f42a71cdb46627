/** What the tokenizer finds, in the order of the stream. */
export interface TokenSink {
  /** `size` is the length of the tag in characters; `empty` that of `<a/>`, for which no `close` follows. */
  open(name: string, attributes: Record<string, string>, empty: boolean, size: number): void;
  close(name: string): void;
  /** A piece of text, references resolved; text may come in many pieces. */
  text(text: string): void;
}

export type StreamCondition = 'bad-format' | 'not-well-formed' | 'policy-violation' | 'restricted-xml';

/** What ends a stream: the condition to send (RFC 6120 section 4.9.3) and what was wrong, for people. */
export class XmlFault extends Error {
  constructor(
    readonly condition: StreamCondition,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads the XML of a stream, piece by piece, wherever the pieces are cut.
 *
 * Stricter than ltx's tokenizer, which waits for ever in a DOCTYPE, holds white space between stanzas until the next
 * stanza, and throws plain errors. It reads the XML that XMPP allows (RFC 6120 section 11.1): no comments, no processing
 * instructions, no DOCTYPE and with it no entities but the five of XML. Line ends and tabs are kept as they come: the
 * server has normalised them when it read them, and what it still writes raw was a character reference before.
 *
 * `write` throws an {@link XmlFault}; after that the tokenizer is of no more use.
 */
export class Tokenizer {
  readonly #sink: TokenSink;
  readonly #maxTag: number;
  /** The beginning of something whose end has not come yet. */
  #rest = '';
  /** How much of a tag in `#rest` was searched for its end, and the quote that is open there. */
  #scanned = 0;
  #quote = 0;
  #inCdata = false;
  #begun = false;

  /** @param maxTag the longest tag that is waited for, in characters */
  constructor(sink: TokenSink, maxTag: number) {
    this.#sink = sink;
    this.#maxTag = maxTag;
  }

  write(piece: string): void {
    const forbidden = FORBIDDEN.exec(piece);
    // What is whole before it counts, as it does when it comes in a piece of its own.
    this.#read(forbidden === null ? piece : piece.slice(0, forbidden.index));
    if (forbidden !== null) throw notWellFormed(`U+${hex(forbidden[0])} is no character of XML`);
  }

  #read(piece: string): void {
    const data = this.#rest + piece;
    let position = 0;
    for (;;) {
      const next = this.#token(data, position);
      if (next === position) break;
      this.#begun = true;
      position = next;
    }
    this.#rest = data.slice(position);
    if (this.#rest.length > this.#maxTag) {
      throw new XmlFault('policy-violation', `a tag of more than ${this.#maxTag} characters`);
    }
  }

  /** Reads one token and returns where the next begins: `at` itself if there is no whole one yet. */
  #token(data: string, at: number): number {
    if (at === data.length) return at;
    if (this.#inCdata) return this.#cdata(data, at);
    if (data[at] !== '<') return this.#text(data, at);
    switch (data[at + 1]) {
      case undefined:
        return at;
      case '!':
        return this.#cdataStart(data, at);
      case '?':
        return this.#declaration(data, at);
      case '/':
        return this.#closingTag(data, at);
      default:
        return this.#openingTag(data, at);
    }
  }

  #text(data: string, at: number): number {
    const tag = data.indexOf('<', at);
    const end = tag >= 0 ? tag : endOfWholeReferences(data, at);
    if (end > at) this.#sink.text(resolve(data.slice(at, end)));
    return end;
  }

  #cdataStart(data: string, at: number): number {
    if (data.startsWith(CDATA, at)) {
      this.#inCdata = true;
      return at + CDATA.length;
    }
    if (CDATA.startsWith(data.slice(at, at + CDATA.length))) return at;
    throw new XmlFault('restricted-xml', 'a comment or a document type declaration');
  }

  #cdata(data: string, at: number): number {
    const end = data.indexOf(']]>', at);
    // Two characters are held back: they may be the beginning of the end.
    const until = end >= 0 ? end : Math.max(at, data.length - 2);
    if (until > at) this.#sink.text(data.slice(at, until));
    if (end < 0) return until;
    this.#inCdata = false;
    return end + 3;
  }

  #declaration(data: string, at: number): number {
    const start = data.slice(at, at + 6);
    if (this.#begun || !(/^<\?xml\s/.test(start) || '<?xml'.startsWith(start))) {
      throw new XmlFault('restricted-xml', 'a processing instruction');
    }
    const end = data.indexOf('?>', at);
    return end < 0 ? at : end + 2;
  }

  #closingTag(data: string, at: number): number {
    const end = this.#endOfTag(data, at);
    if (end < 0) return at;
    this.#sink.close(data.slice(at + 2, end).trimEnd());
    return end + 1;
  }

  #openingTag(data: string, at: number): number {
    const end = this.#endOfTag(data, at);
    if (end < 0) return at;
    const empty = data[end - 1] === '/';
    const tag = data.slice(at + 1, empty ? end - 1 : end);
    TAG_NAME.lastIndex = 0;
    const name = TAG_NAME.exec(tag)?.[0];
    if (name === undefined) throw notWellFormed('a tag without a name');
    this.#sink.open(name, attributesOf(tag, name), empty, end + 1 - at);
    return end + 1;
  }

  /** The index of the `>` that ends a tag, or -1. What has been searched is not searched again when more has come. */
  #endOfTag(data: string, at: number): number {
    for (let index = at + this.#scanned; index < data.length; index++) {
      const code = data.charCodeAt(index);
      if (this.#quote !== 0) {
        if (code === this.#quote) this.#quote = 0;
      } else if (code === QUOT || code === APOS) {
        this.#quote = code;
      } else if (code === GREATER) {
        this.#scanned = 0;
        return index;
      }
    }
    this.#scanned = data.length - at;
    return -1;
  }
}

const CDATA = '<![CDATA[';
const QUOT = 34;
const APOS = 39;
const GREATER = 62;

// XML 1.0, production 2 (characters), 4 and 4a (names).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const NAME_START =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const NAME = `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;
const TAG_NAME = new RegExp(NAME, 'uy');
const ATTRIBUTE = new RegExp(`[ \\t\\r\\n]+(${NAME})[ \\t\\r\\n]*=[ \\t\\r\\n]*("[^"<]*"|'[^'<]*')`, 'uy');

/**
 * What attributes are kept in: an object that inherits nothing, so that `constructor` is absent unless it was written.
 * From a constructor, since V8 keeps what Object.create(null) makes as a hash table of three times the size.
 */
const Attributes = function Attributes() {} as unknown as new () => Record<string, string>;
Attributes.prototype = Object.create(null);

/** The attributes of a tag. */
function attributesOf(tag: string, name: string): Record<string, string> {
  const attributes = new Attributes();
  let position = name.length;
  for (let found = attributeAt(tag, position); found !== undefined; found = attributeAt(tag, position)) {
    const { key, value, end } = found;
    if (key in attributes) throw notWellFormed(`<${name}/> has the attribute ${key} twice`);
    attributes[key] = resolve(value);
    position = end;
  }
  if (tag.slice(position).trim() !== '') throw notWellFormed(`the attributes of <${name}/> cannot be read`);
  return attributes;
}

interface Attribute {
  readonly key: string;
  /** As written: references are not resolved. */
  readonly value: string;
  readonly end: number;
}

/** The attribute that begins at a place in a tag, with the white space before it. */
function attributeAt(tag: string, at: number): Attribute | undefined {
  return plainAttributeAt(tag, at) ?? anyAttributeAt(tag, at);
}

/** One as servers write it: a space, a name of ASCII, no space at the equals sign. It takes a fifth of the time. */
function plainAttributeAt(tag: string, at: number): Attribute | undefined {
  if (tag.charCodeAt(at) !== SPACE || !isLetter(tag.charCodeAt(at + 1))) return undefined;
  let equals = at + 2;
  while (isNameCharacter(tag.charCodeAt(equals))) equals += 1;
  const quote = tag.charCodeAt(equals + 1);
  if (tag.charCodeAt(equals) !== EQUALS || (quote !== QUOT && quote !== APOS)) return undefined;
  const end = tag.indexOf(quote === QUOT ? '"' : "'", equals + 2);
  if (end < 0) return undefined;
  const value = tag.slice(equals + 2, end);
  return value.includes('<') ? undefined : { key: tag.slice(at + 1, equals), value, end: end + 1 };
}

function anyAttributeAt(tag: string, at: number): Attribute | undefined {
  ATTRIBUTE.lastIndex = at;
  const [whole = '', key = '', quoted = ''] = ATTRIBUTE.exec(tag) ?? [];
  return whole === '' ? undefined : { key, value: quoted.slice(1, -1), end: at + whole.length };
}

const SPACE = 32;
const EQUALS = 61;

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 58) || code === 45 || code === 46 || code === 95;
}

// Longer than any reference: a character reference may have leading zeros, but not endlessly many.
const LONGEST_REFERENCE = 32;

/** Where text may be cut so that no reference is cut in two. */
function endOfWholeReferences(data: string, at: number): number {
  const reference = data.lastIndexOf('&');
  if (reference < at || data.includes(';', reference)) return data.length;
  if (data.length - reference > LONGEST_REFERENCE) throw notWellFormed('an ampersand that begins no reference');
  return reference;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function resolve(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d+);|#x([\dA-Fa-f]+);|(\w+);)?/g, (reference, decimal, hexadecimal, name) => {
    const character =
      name === undefined
        ? characterOf(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number.parseInt(decimal, 10))
        : ENTITIES.get(name);
    if (character === undefined) throw notWellFormed(`the reference ${reference} stands for nothing`);
    return character;
  });
}

function characterOf(code: number): string | undefined {
  if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return FORBIDDEN.test(character) ? undefined : character;
}

function notWellFormed(message: string): XmlFault {
  return new XmlFault('not-well-formed', message);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
