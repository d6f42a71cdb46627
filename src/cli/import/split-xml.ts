/** An element <thing/> as written, with the line (from 1) on which it begins; or what is wrong there. */
export type Piece =
  | { readonly line: number; readonly xml: string }
  | { readonly line: number; readonly fault: string }
  | { readonly line: number; readonly broken: string };

/**
 * Splits `<things><thing .../> ...</things>` into its elements, as the file is read: no more of it than one is held. What
 * is inside an element is for a parser to judge. After a fault it goes on at the next `<thing`; one that holds another and is
 * closed is refused as a whole.
 * A document type, with which entities come, ends it.
 */
export async function* splitThings(chunks: AsyncIterable<string>): AsyncGenerator<Piece, void> {
  const splitter = new Splitter();
  for await (const chunk of chunks) {
    yield* splitter.take(chunk, false);
    if (splitter.isBroken) return;
  }
  yield* splitter.take('', true);
}

/** An element in characters, at most. */
const LONGEST = 262_144;

type State = 'before' | 'between' | 'lost' | 'after' | 'broken';

class Splitter {
  #text = '';
  #line = 1;
  #state: State = 'before';

  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  *take(chunk: string, isAll: boolean): Generator<Piece, void> {
    this.#text += chunk;
    while (this.#state !== 'broken') {
      const step = this.#step(isAll);
      if (step === undefined) break;
      if (step.piece !== undefined) yield { line: this.#line, ...step.piece };
      this.#pass(step.to);
    }
    if (isAll && this.#state !== 'after' && this.#state !== 'broken') yield { line: this.#line, broken: CUT_OFF };
  }

  #pass(to: number): void {
    for (let at = this.#text.indexOf('\n'); at >= 0 && at < to; at = this.#text.indexOf('\n', at + 1)) this.#line++;
    this.#text = this.#text.slice(to);
  }

  /** What the text begins with, and how far that goes; undefined where more has to be read. */
  #step(isAll: boolean): Step | undefined {
    if (this.#text === '') return undefined;
    if (this.#state === 'lost') return this.#find(isAll);
    const space = this.#text.search(/[^\s\ufeff]/);
    if (space !== 0) return { to: space < 0 ? this.#text.length : space };
    const token = tokenAt(this.#text, 0, isAll);
    if (token === undefined) return undefined;
    if (token.kind === 'aside') return { to: token.end };
    if (token.kind === 'doctype') return this.#broken('A document type is not taken; leave it out.');
    if (this.#state === 'before') return this.#root(token);
    if (this.#state === 'after') return this.#broken('Nothing may follow </things>.');
    return this.#inside(token, isAll);
  }

  #root(token: Token): Step {
    if (token.kind === 'bad' || token.kind === 'close' || token.name !== 'things') {
      return this.#broken('It does not begin with <things>.');
    }
    this.#state = token.kind === 'empty' ? 'after' : 'between';
    return { to: token.end };
  }

  #inside(token: Token, isAll: boolean): Step | undefined {
    if (token.kind === 'close' && token.name === 'things') {
      this.#state = 'after';
      return { to: token.end };
    }
    if (token.kind === 'bad' || token.kind === 'close') return this.#lost(BROKEN);
    if (token.name !== 'thing') return this.#lost(`<${token.name}/> is not known in <things>; use <thing>.`);
    if (token.kind === 'empty') return { to: token.end, piece: { xml: this.#text.slice(0, token.end) } };
    return this.#whole(token.end, isAll);
  }

  /** An element with its children. */
  #whole(from: number, isAll: boolean): Step | undefined {
    const isLong = this.#text.length > LONGEST;
    const found = endOfThing(this.#text, from, isAll || isLong);
    if (found === undefined) return undefined;
    if ('fault' in found) return this.#lost(isLong && !found.holdsThings ? TOO_LONG : found.fault);
    const { end, holdsThings } = found;
    return { to: end, piece: holdsThings ? { fault: NESTED } : { xml: this.#text.slice(0, end) } };
  }

  /** To the next Thing, or the end of all. */
  #find(isAll: boolean): Step | undefined {
    const found = this.#text.search(/<thing[\s/>]|<\/things[\s>]/);
    if (found >= 0) {
      this.#state = 'between';
      return { to: found };
    }
    // What is looked for may have begun.
    const to = isAll ? this.#text.length : Math.max(0, this.#text.length - '</things>'.length);
    return to === 0 ? undefined : { to };
  }

  #lost(fault: string): Step {
    this.#state = 'lost';
    return { to: 1, piece: { fault } };
  }

  #broken(broken: string): Step {
    this.#state = 'broken';
    return { to: 0, piece: { broken } };
  }
}

const CUT_OFF = 'The file ends before </things>.';
const BROKEN = 'It is no whole element.';
const TOO_LONG = `It has more than ${LONGEST} characters.`;
const NESTED = 'A <thing> stands in it; Things hold no Things.';
const NOT_CLOSED = 'It is not closed: </thing> is missing.';

interface Step {
  /** Where the text goes on. */
  readonly to: number;
  readonly piece?: { readonly xml: string } | { readonly fault: string } | { readonly broken: string };
}

/** Where the end tag of a Thing ends, or why it does not; undefined where more has to be read. */
function endOfThing(text: string, from: number, isAll: boolean): End | undefined {
  let depth = 1;
  let holdsThings = false;
  for (let at = from; ; ) {
    const next = text.indexOf('<', at);
    const token = next < 0 ? undefined : tokenAt(text, next, isAll);
    if (token === undefined) return isAll ? { fault: NOT_CLOSED, holdsThings } : undefined;
    const fault = faultOf(token);
    if (fault !== undefined) return { fault, holdsThings };
    at = token.end;
    if (token.name !== 'thing') continue;
    holdsThings ||= token.kind !== 'close';
    depth += DEEPER[token.kind] ?? 0;
    if (depth === 0) return { end: at, holdsThings };
  }
}

/** What cannot stand in a Thing. */
function faultOf({ kind, name }: Token): string | undefined {
  if (kind === 'bad' || kind === 'doctype') return BROKEN;
  return name === 'things' ? NOT_CLOSED : undefined;
}

type End = ({ readonly end: number } | { readonly fault: string }) & { readonly holdsThings: boolean };
const DEEPER: Readonly<Partial<Record<Token['kind'], number>>> = { open: 1, close: -1 };

interface Token {
  /** `aside`: a comment, an instruction, a section of characters. `empty`: an element without children. */
  readonly kind: 'open' | 'empty' | 'close' | 'aside' | 'doctype' | 'bad';
  readonly name: string;
  readonly end: number;
}

const ASIDES = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;
const TAG = /<(\/?)([^\s<>"'=/!?]+)((?:[^<>"']|"[^<"]*"|'[^<']*')*?)(\/?)>/y;

/** What begins at `at`; undefined where its end is not in the text yet, unless there is enough of it, or no more. */
function tokenAt(text: string, at: number, isAll: boolean): Token | undefined {
  const bad: Token = { kind: 'bad', name: '', end: at + 1 };
  const unfinished = isAll || text.length - at > LONGEST ? bad : undefined;
  const aside = ASIDES.find(([begin]) => text.startsWith(begin, at));
  if (aside !== undefined) {
    const [begin, end] = aside;
    const found = text.indexOf(end, at + begin.length);
    return found < 0 ? unfinished : { kind: 'aside', name: '', end: found + end.length };
  }
  // The beginning of one of these may be all that was read yet.
  if (ASIDES.some(([begin]) => begin.startsWith(text.slice(at)))) return unfinished;
  if (text.startsWith('<!', at)) return { kind: 'doctype', name: '', end: at + 2 };
  TAG.lastIndex = at;
  const [tag, slash, name = '', , closes] = TAG.exec(text) ?? [];
  // Where another one begins before it ends, it never does.
  if (tag === undefined) return text[at] !== '<' || text.indexOf('<', at + 1) >= 0 ? bad : unfinished;
  return { kind: slash === '/' ? 'close' : closes === '/' ? 'empty' : 'open', name, end: at + tag.length };
}
