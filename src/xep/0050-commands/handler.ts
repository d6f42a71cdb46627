import type { AnyJid } from '../../domain/jid.js';
import type { ClaimedThing } from '../../domain/thing.js';
import { mayRun } from '../../operations/bind.js';
import type { Context, Services } from '../../operations/context.js';
import type { Operation } from '../../operations/operation.js';
import { DATA_FORMS } from '../../xmpp/data-form.js';
import type { Jid } from '../../xmpp/jid.js';
import type { Answer, IqRequest, NodeItem, NodeQuery, Nodes } from '../../xmpp/protocol.js';
import { quote } from '../../xmpp/reader.js';
import { type StanzaError, stanzaError } from '../../xmpp/stanza-error.js';
import { COMMANDS, type CommandRequest, commandError, decodeRequest, encodeAnswer, encodeEcho } from './codec.js';
import { begin, createExecutor, type Execution, type Stepped, stepsOf } from './execution.js';
import type { CommandSessions } from './sessions.js';

export interface CommandDeps {
  readonly operations: readonly Operation[];
  readonly services: Services;
  readonly sessions: CommandSessions<CommandSession>;
}

/** What a session remembers: at which address of ours it was begun, and how far it is. */
export interface CommandSession {
  readonly self: AnyJid;
  readonly execution: Execution;
}

type Request = IqRequest<ClaimedThing>;

const FORBIDDEN = stanzaError('forbidden', 'You may not run this command here.', 'cancel');
const NOT_BEGUN = commandError('bad-action', 'A command begins with the action execute.');
const UNKNOWN = commandError('bad-sessionid', 'You have no such session of this command here; begin again.');
const EXPIRED = commandError(
  'session-expired',
  'The session has ended, or nothing has happened in it for ten minutes; begin again.',
);
const NODE_PREFIX = 'thingstead:';
const LIST = { category: 'automation', type: 'command-list', name: 'Commands' };

/** Carries out commands, and tells service discovery of those that the asker may run. */
export function createCommands({ operations, services, sessions }: CommandDeps) {
  async function handle(request: Request): Promise<Answer> {
    const decoded = decodeRequest(request.payload);
    if (!decoded.ok) return decoded;
    const answer = await answerTo(request, decoded.value);
    // By that a common library finds out which of its sessions was refused; without, it waits for ever.
    const beside = encodeEcho(decoded.value);
    return 'error' in answer && beside ? { ...answer, error: { ...answer.error, beside } } : answer;
  }

  async function answerTo(request: Request, asked: CommandRequest): Promise<Answer> {
    const { from, target } = request;
    const { node, sessionid, action } = asked;
    const operation = find(node, target);
    if (operation === undefined) {
      return { error: stanzaError('item-not-found', `There is no command ${quote(node)} at this address.`) };
    }
    const context = contextOf(from);
    if (!(await mayRun(operation, context, target))) {
      return { error: FORBIDDEN, after: () => noteRefusal(request, operation) };
    }
    if (sessionid !== undefined) return resume(request, asked, { operation, id: sessionid });
    if (action !== 'execute') return { error: NOT_BEGUN };
    const stepped = await createExecutor(context, target).show(begin(operation, target));
    return answer(request, { operation, id: sessions.create(from.full) }, stepped);
  }

  /** Goes on with a session. It is out of reach until that is done, so that nothing is run twice. */
  async function resume(
    request: Request,
    asked: CommandRequest,
    which: { readonly operation: Operation; readonly id: string },
  ): Promise<Answer> {
    const { from } = request;
    const session = sessions.take(which.id, from.full);
    if (session === 'expired') return { error: EXPIRED };
    if (session === 'unknown') return { error: UNKNOWN };
    try {
      const isOfThis = session.execution.operation === which.operation && session.self === request.to.bare;
      const stepped = isOfThis ? await step(request, asked, session.execution) : UNKNOWN;
      if (!('condition' in stepped)) return answer(request, which, stepped);
      sessions.put(which.id, from.full, session);
      return { error: stepped };
    } catch (error) {
      sessions.put(which.id, from.full, session); // the store may be there again soon
      throw error;
    }
  }

  function step(
    { from, target }: Request,
    { action, form }: CommandRequest,
    execution: Execution,
  ): Promise<Stepped> | Stepped | StanzaError {
    if (action === 'cancel') return { view: { status: 'canceled', notes: [] } };
    const steps = stepsOf(execution);
    const wanted = action === 'execute' ? steps.at(-1) : action;
    if (wanted === undefined || !steps.includes(wanted)) {
      return commandError('bad-action', `${action} is not possible now; possible are ${steps.join(', ')} and cancel.`);
    }
    const executor = createExecutor(contextOf(from), target);
    if (wanted === 'prev') return executor.retreat(execution);
    return payloadFault(execution, form) ?? executor.advance(execution, form);
  }

  function answer(
    { from, to }: Request,
    { operation, id }: { readonly operation: Operation; readonly id: string },
    { next, view, after }: Stepped,
  ): Answer {
    if (next !== undefined) sessions.put(id, from.full, { self: to.bare, execution: next });
    const result = encodeAnswer({ node: NODE_PREFIX + operation.name, sessionid: id, ...view });
    return { result, ...(after !== undefined && { after }) };
  }

  /** At a Thing's own address there are only operations on it. */
  function find(node: string, target: ClaimedThing | undefined): Operation | undefined {
    const operation = operations.find(({ name }) => NODE_PREFIX + name === node);
    return target !== undefined && operation?.on === 'component' ? undefined : operation;
  }

  function contextOf({ bare, domain, full }: Jid): Context {
    return { services, asker: { jid: bare, domain, session: full } };
  }

  async function noteRefusal({ from, to }: Request, { name }: Operation): Promise<void> {
    await services.refusals.note({ actor: from.full, action: name, subject: to.bare, outcome: 'forbidden' });
  }

  const nodes: Nodes<ClaimedThing> = {
    async info({ node, from, target }) {
      if (node === COMMANDS) return { identities: [LIST], features: [COMMANDS] };
      const operation = find(node, target);
      if (operation === undefined) return undefined;
      // Whoever reaches us may ask what we are, but not what there is to run.
      const isUser = services.access.mayUse({ jid: from.bare, domain: from.domain });
      if (!isUser || !(await mayRun(operation, contextOf(from), target))) return FORBIDDEN;
      const identity = { category: 'automation', type: 'command-node', name: operation.label };
      return { identities: [identity], features: [COMMANDS, DATA_FORMS] };
    },

    async items({ node, from, to, target }: NodeQuery<ClaimedThing>) {
      if (node !== COMMANDS) return undefined;
      const items: NodeItem[] = [];
      for (const operation of operations) {
        if (!(await mayRun(operation, contextOf(from), target))) continue;
        items.push({ jid: to.bare, node: NODE_PREFIX + operation.name, name: operation.label });
      }
      return items;
    },
  };

  return { handle, nodes };
}

/** A step forward brings its form; to confirm something needs none. */
function payloadFault({ stages, at }: Execution, form: CommandRequest['form']): StanzaError | undefined {
  if (form === undefined) {
    const isNeeded = stages[at] !== 'confirm';
    return isNeeded ? commandError('bad-payload', 'The form is missing; submit it filled in.') : undefined;
  }
  // Section 3.5.1: a form of type cancel is to be taken for a submitted one.
  if (form.type === 'submit' || form.type === 'cancel') return undefined;
  return commandError('bad-payload', `The form is of type ${form.type}; submit it as one of type submit.`);
}
