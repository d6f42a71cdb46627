import { randomUUID } from 'node:crypto';
import { childElements, type Element, element } from './element.js';
import { type AnyJid, parseJid } from './jid.js';
import { decodeError, type StanzaError } from './stanza-error.js';

export type Reply =
  | { readonly kind: 'result'; readonly payload: Element | undefined }
  | { readonly kind: 'error'; readonly error: StanzaError; readonly stanza: Element }
  /** No answer came in time; `unsent`: nor was anybody asked, as there was no connection. */
  | { readonly kind: 'silent'; readonly unsent?: true };

export interface Question {
  readonly to: AnyJid;
  /** One of our addresses. */
  readonly from: AnyJid;
  readonly type: 'get' | 'set';
  readonly payload: Element;
  readonly timeoutMs: number;
  /** Called with an answer that comes after the timeout, within {@link LATE_MS}. */
  readonly onLate?: (reply: Reply) => void;
}

/** Asks questions by IQ. An answer counts only from the JID that was asked, and every question ends. */
export interface Caller {
  ask(question: Question): Promise<Reply>;
  /** Takes an IQ of type result or error; one that answers nothing is dropped. */
  receive(stanza: Element): void;
  /**
   * The connection has ended, and with it what was on its way: ends all questions as unanswered. What comes of them yet
   * over the next connection is late.
   */
  lost(): void;
  /** Questions under way. */
  readonly outstanding: number;
  /** Ends all questions as unanswered. */
  stop(): void;
}

/** How long an unanswered question is remembered for the sake of `onLate`. */
export const LATE_MS = 10 * 60 * 1000;

interface Asked {
  readonly question: Question;
  readonly settle: (reply: Reply) => void;
  timer: NodeJS.Timeout;
  late: boolean;
}

export function createCaller(send: (stanza: Element) => boolean): Caller {
  const asked = new Map<string, Asked>();

  const expire = (id: string, entry: Asked): void => {
    entry.settle({ kind: 'silent' });
    if (entry.question.onLate === undefined) {
      asked.delete(id);
      return;
    }
    entry.late = true;
    entry.timer = setTimeout(() => asked.delete(id), LATE_MS);
    entry.timer.unref();
  };

  return {
    ask: (question) =>
      new Promise((settle) => {
        const id = randomUUID();
        const { from, to, type, payload, timeoutMs } = question;
        if (!send(element('iq', { type, id, from, to }, payload))) return settle({ kind: 'silent', unsent: true });
        const entry: Asked = { question, settle, late: false, timer: setTimeout(() => expire(id, entry), timeoutMs) };
        asked.set(id, entry);
      }),

    receive(stanza) {
      const id: unknown = stanza.attrs['id'];
      const entry = typeof id === 'string' ? asked.get(id) : undefined;
      if (typeof id !== 'string' || entry === undefined || !answers(stanza, entry.question)) return;
      clearTimeout(entry.timer);
      asked.delete(id);
      const reply = read(stanza);
      if (entry.late) entry.question.onLate?.(reply);
      else entry.settle(reply);
    },

    lost() {
      for (const [id, entry] of asked) {
        if (entry.late) continue;
        clearTimeout(entry.timer);
        expire(id, entry);
      }
    },

    get outstanding() {
      return [...asked.values()].filter(({ late }) => !late).length;
    },

    stop() {
      for (const entry of asked.values()) {
        clearTimeout(entry.timer);
        entry.settle({ kind: 'silent' });
      }
      asked.clear();
    },
  };
}

function answers({ attrs }: Element, { from, to }: Question): boolean {
  return parseJid(String(attrs['from'] ?? ''))?.full === to && parseJid(String(attrs['to'] ?? ''))?.full === from;
}

function read(stanza: Element): Reply {
  if (stanza.attrs['type'] === 'result') return { kind: 'result', payload: childElements(stanza)[0] };
  return { kind: 'error', error: decodeError(stanza), stanza };
}
