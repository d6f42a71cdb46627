import { childElements, type Element, namespaceOf } from '../../src/xmpp/element.js';
import { parseAddress, parseJid } from '../../src/xmpp/jid.js';
import { DOMAIN } from './cast.js';

/** What came of the stanzas, for who reads the report. */
export interface Counts {
  stanzas: number;
  results: number;
  errors: Record<string, number>;
  messageErrors: number;
  asked: number;
  other: number;
}

/**
 * Judges what a component says by what it was told (RFC 6120 section 8): each IQ of type get or set is answered exactly
 * once, by the address that it was sent to, to who sent it; nothing else is answered but a message, at most once, by an
 * error; and what it says of itself goes to somebody who took part.
 */
export interface Oracle {
  readonly counts: Counts;
  /** What is wrong with what was said so far, in words. */
  readonly faults: readonly string[];
  /** How many answers are due. */
  readonly due: number;
  told(stanza: Element): void;
  said(stanza: Element): void;
  /** What is due still. */
  unanswered(): readonly string[];
}

export function createOracle(takesPart: readonly string[]): Oracle {
  const iqs = new Map<string, number>();
  const messages = new Map<string, number>();
  const parties = new Set(takesPart.map(bareOf));
  const faults: string[] = [];
  const counts: Counts = { stanzas: 0, results: 0, errors: {}, messageErrors: 0, asked: 0, other: 0 };
  let due = 0;

  function fault(words: string, stanza: Element): void {
    faults.push(`${words}: ${String(stanza).slice(0, 2000)}`);
  }

  function answered(stanza: Element): void {
    const key = keyOf(stanza, 'from', 'to');
    const left = iqs.get(key) ?? 0;
    if (left === 0) {
      fault('an answer to nothing, or a second one', stanza);
      return;
    }
    iqs.set(key, left - 1);
    due -= 1;
    if (stanza.attrs['type'] === 'result') counts.results += 1;
    else countCondition(stanza);
  }

  function countCondition(stanza: Element): void {
    const condition = conditionOf(stanza);
    if (condition === undefined) {
      fault('an error without one defined condition', stanza);
      return;
    }
    counts.errors[condition] = (counts.errors[condition] ?? 0) + 1;
    if (condition === 'internal-server-error') fault('an internal error', stanza);
  }

  function refusedMessage(stanza: Element): void {
    const key = keyOf(stanza, 'from', 'to');
    const left = messages.get(key) ?? 0;
    if (left === 0) {
      fault('an error to no message, or a second one', stanza);
      return;
    }
    messages.set(key, left - 1);
    counts.messageErrors += 1;
    if (conditionOf(stanza) === undefined) fault('an error without one defined condition', stanza);
  }

  function ofItself(stanza: Element): void {
    const isIq = stanza.name === 'iq';
    if (isIq && (typeof stanza.attrs['id'] !== 'string' || stanza.attrs['id'] === ''))
      fault('an IQ without id', stanza);
    if (!parties.has(bareOf(stanza.attrs['to']))) fault('said to somebody who took no part', stanza);
    counts[isIq ? 'asked' : 'other'] += 1;
  }

  return {
    counts,
    faults,
    get due() {
      return due;
    },
    told(stanza) {
      counts.stanzas += 1;
      const { name, attrs } = stanza;
      const from = parseJid(String(attrs['from'] ?? ''));
      if (from === undefined || parseAddress(String(attrs['to'] ?? ''))?.domain !== DOMAIN) return;
      parties.add(from.bare);
      const key = keyOf(stanza, 'to', 'from');
      if (name === 'iq' && attrs['type'] !== 'result' && attrs['type'] !== 'error') {
        iqs.set(key, (iqs.get(key) ?? 0) + 1);
        due += 1;
      }
      if (name === 'message' && attrs['type'] !== 'error') messages.set(key, (messages.get(key) ?? 0) + 1);
    },
    said(stanza) {
      const { name, attrs } = stanza;
      if (parseAddress(String(attrs['from'] ?? ''))?.domain !== DOMAIN) fault('not from an address of ours', stanza);
      if (name === 'presence' && attrs['type'] === 'error') fault('a presence is answered by an error', stanza);
      else if (name === 'iq' && (attrs['type'] === 'result' || attrs['type'] === 'error')) answered(stanza);
      else if (name === 'message' && attrs['type'] === 'error') refusedMessage(stanza);
      else ofItself(stanza);
    },
    unanswered: () => [...iqs].flatMap(([key, left]) => (left > 0 ? [`not answered (${left} times): ${key}`] : [])),
  };
}

/** The one condition of a stanza of type error; undefined where there is none, or several. */
export function conditionOf(stanza: Element): string | undefined {
  const errors = childElements(stanza).filter(
    (child) => child.getName() === 'error' && namespaceOf(child) === namespaceOf(stanza),
  );
  const [first, ...others] = errors.flatMap(childElements).filter((child) => namespaceOf(child) === CONDITIONS);
  const conditions = [first, ...others].flatMap((one) => (one === undefined ? [] : one.getName()));
  const [condition, ...more] = conditions.filter((name) => name !== 'text');
  return more.length === 0 ? condition : undefined;
}

const CONDITIONS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

/** Id and ends, to the letter: an answer has them swapped. */
function keyOf({ attrs }: Element, from: 'from' | 'to', to: 'from' | 'to'): string {
  return JSON.stringify([attrs['id'] ?? null, attrs[from] ?? '', attrs[to] ?? '']);
}

function bareOf(jid: unknown): string {
  return parseJid(String(jid ?? ''))?.bare ?? '';
}
