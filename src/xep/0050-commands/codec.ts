import { DATA_FORMS, type DataForm, decodeForm, encodeForm } from '../../xmpp/data-form.js';
import { childElements, type Element, element } from '../../xmpp/element.js';
import { type Decoded, quote, Reader } from '../../xmpp/reader.js';
import { type StanzaError, stanzaError } from '../../xmpp/stanza-error.js';

/** The namespace of XEP-0050 (version 1.3.0), and the node under which commands are listed. */
export const COMMANDS = 'http://jabber.org/protocol/commands';

export const ACTIONS = ['execute', 'cancel', 'prev', 'next', 'complete'] as const;
export type Action = (typeof ACTIONS)[number];
export const STATUSES = ['executing', 'completed', 'canceled'] as const;
export const NOTE_TYPES = ['info', 'warn', 'error'] as const;

/** What a requester sends (section 2.4). */
export interface CommandRequest {
  readonly node: string;
  /** Absent where a command is begun. */
  readonly sessionid?: string;
  readonly action: Action;
  readonly form?: DataForm;
}

/** What is answered. */
export interface CommandAnswer {
  readonly node: string;
  readonly sessionid: string;
  readonly status: (typeof STATUSES)[number];
  /** What can be done next beside `cancel`, and which of these `execute` means; of a command that is being executed. */
  readonly actions?: { readonly allowed: readonly Step[]; readonly execute: Step };
  readonly notes: readonly Note[];
  readonly form?: DataForm;
}
export type Step = Exclude<Action, 'execute' | 'cancel'>;

/** Section 4.3. */
export interface Note {
  readonly type: (typeof NOTE_TYPES)[number];
  readonly text: string;
}

/** The specific conditions of section 4.4, and what RFC 6120 calls each. */
const ERRORS = {
  'malformed-action': ['bad-request', 'modify'],
  'bad-action': ['bad-request', 'modify'],
  'bad-payload': ['bad-request', 'modify'],
  'bad-sessionid': ['bad-request', 'modify'],
  'session-expired': ['not-allowed', 'cancel'],
} as const;

export function commandError(specific: keyof typeof ERRORS, text: string): StanzaError {
  const [condition, type] = ERRORS[specific];
  return { ...stanzaError(condition, text, type), specific: element(specific, { xmlns: COMMANDS }) };
}

/** A `status` that a requester gives is passed over, as is a payload that is no form. */
export function decodeRequest(command: Element): Decoded<CommandRequest> {
  const read = new Reader(command);
  const node = read.required('node');
  const sessionid = read.optional('sessionid');
  if (sessionid === '') read.fail(commandError('bad-sessionid', 'The sessionid is empty; leave it out to begin.'));
  const action = read.string('action', 'execute');
  const known = ACTIONS.find((each) => each === action);
  if (known === undefined) {
    read.fail(commandError('malformed-action', `The action ${quote(action)} is none of ${ACTIONS.join(', ')}.`));
  }
  const form = decodePayload(command, read);
  return read.end(
    known && {
      node,
      ...(sessionid !== undefined && { sessionid }),
      action: known,
      ...(form !== undefined && { form }),
    },
  );
}

export function encodeRequest({ node, sessionid, action, form }: CommandRequest): Element {
  return element('command', { xmlns: COMMANDS, node, sessionid, action }, form && encodeForm(form));
}

/** The longest session id that is sent back in an error, in characters; ours are shorter. */
const LONGEST_ECHO = 256;

/** What a refused request was about (RFC 6120 section 8.3.1 lets an error bring it back); undefined where that is too long. */
export function encodeEcho({ node, sessionid }: CommandRequest): Element | undefined {
  const isShort = [node, sessionid ?? ''].every((text) => text.length <= LONGEST_ECHO);
  return isShort ? element('command', { xmlns: COMMANDS, node, sessionid }) : undefined;
}

/** Everything is in English. */
export function encodeAnswer({ node, sessionid, status, actions, notes, form }: CommandAnswer): Element {
  return element(
    'command',
    { xmlns: COMMANDS, node, sessionid, status, 'xml:lang': 'en' },
    actions && element('actions', { execute: actions.execute }, ...actions.allowed.map((name) => element(name))),
    form && encodeForm(form),
    ...notes.map(({ type, text }) => element('note', { type }, text)),
  );
}

/** Of a form that cannot be read the rest of the answer is lost too: the requester cannot go on. */
export function decodeAnswer(command: Element): Decoded<CommandAnswer> {
  const read = new Reader(command);
  const [node, sessionid, written] = [read.required('node'), read.required('sessionid'), read.required('status')];
  const status = STATUSES.find((each) => each === written);
  if (status === undefined) read.refuse(`the status ${quote(written)} is none of ${STATUSES.join(', ')}.`);
  const actions = decodeActions(command);
  const notes = command.getChildren('note', COMMANDS).map(decodeNote);
  const form = decodePayload(command, read);
  return read.end(
    status && {
      node,
      sessionid,
      status,
      ...(actions !== undefined && { actions }),
      notes,
      ...(form !== undefined && { form }),
    },
  );
}

function decodePayload(command: Element, read: Reader): DataForm | undefined {
  const [written, ...others] = childElements(command).filter((child) => child.is('x', DATA_FORMS));
  if (others.length > 0) read.fail(commandError('bad-payload', 'There is more than one form; send one.'));
  const form = written && decodeForm(written);
  if (form?.ok === false) read.fail(commandError('bad-payload', form.error.text ?? 'The form cannot be read.'));
  return form?.ok ? form.value : undefined;
}

const STEPS: readonly Step[] = ['prev', 'next', 'complete'];

/** Without `execute` the next step is meant (section 3.4); without any element there is but one. */
function decodeActions(command: Element): CommandAnswer['actions'] {
  const actions = command.getChild('actions', COMMANDS);
  if (actions === undefined) return undefined;
  const allowed = STEPS.filter((step) => actions.getChild(step, COMMANDS) !== undefined);
  const named = STEPS.find((step) => step === actions.attrs['execute']);
  return { allowed, execute: named ?? 'next' };
}

function decodeNote(note: Element): Note {
  const type = NOTE_TYPES.find((each) => each === note.attrs['type']) ?? 'info';
  return { type, text: note.getText() };
}
