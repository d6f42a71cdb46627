import { childElements, type Element, namespaceOf } from './element.js';
import type { Answer, IqRequest, IqRoute, MessageRoute } from './protocol.js';
import { quote, quoteTag } from './reader.js';
import { errorTo, handlerFailed, isAt, replyTo, routeKey } from './reply.js';
import { locate, NOTHING_HERE, type Parties, type RouterOptions } from './routing.js';
import { type StanzaError, stanzaError } from './stanza-error.js';

/** Answers each IQ once, as RFC 6120 section 8.2.3 demands, and then does what follows from the answer. */
export function createIqRouting<Target>(options: RouterOptions<Target>) {
  const { protocols, send } = options;
  const routes = new Map<string, IqRoute<Target>>();
  for (const route of protocols.flatMap(({ iqs = [] }) => iqs)) routes.set(`${route.name} ${route.xmlns}`, route);
  const results = new Map<string, MessageRoute<Target>>();
  for (const route of protocols.flatMap((one) => one.results ?? [])) results.set(`${route.name} ${route.xmlns}`, route);
  const served = new Set([...routes.values()].map((route) => route.xmlns));

  return async function receive(stanza: Element, parties: Parties, since: number): Promise<void> {
    const handled = (outcome: string) => options.onHandled?.(stanza, outcome, since);
    const type: unknown = stanza.attrs['type'];
    if (type === 'result' || type === 'error') options.onReply(stanza);
    if (type === 'result') await takeIn(stanza, parties);
    if (type === 'result' || type === 'error') {
      handled('none');
      return;
    }
    const answer = await allowedAnswerTo(stanza, parties).catch((error: unknown) => ({
      error: handlerFailed(options, stanza, error),
    }));
    const sent = send(
      'error' in answer ? errorTo(stanza, phrased(stanza, answer.error)) : replyTo(stanza, answer.result),
    );
    handled('error' in answer ? answer.error.condition : 'result');
    if (sent && 'after' in answer) await answer.after?.();
  };

  async function allowedAnswerTo(stanza: Element, parties: Parties): Promise<Answer> {
    const over = options.over?.('iqs', parties.from);
    return over === undefined ? answerTo(stanza, parties) : { error: over };
  }

  async function answerTo(stanza: Element, parties: Parties): Promise<Answer> {
    const head = readHead(stanza);
    if (head === undefined) return refused('bad-request', 'An IQ has an id, and is of type get or set.');
    const payloads = childElements(stanza);
    const [payload] = payloads;
    const route = payload && routes.get(routeKey(payload));
    const bar = route?.open === true ? undefined : barred(parties, payload);
    if (bar !== undefined) return bar;
    const place = await locate(options, parties);
    if (place === undefined) return nothingHere(parties, payload);
    if (payload === undefined || payloads.length > 1) {
      return refused('bad-request', `An IQ has one child element; this one has ${payloads.length}.`);
    }
    if (route === undefined || !isAt(route.at, parties.to)) return unhandled(payload);
    return handle(route, { ...head, ...parties, ...place, payload });
  }

  function phrased(stanza: Element, error: StanzaError): StanzaError {
    const [payload] = childElements(stanza);
    if (payload === undefined) return error;
    return routes.get(routeKey(payload))?.refuse?.(payload, error) ?? error;
  }

  /** What a result brings beside being one. A result is never answered, whatever its handler says of it. */
  async function takeIn(stanza: Element, parties: Parties): Promise<void> {
    const understood = childElements(stanza).flatMap((payload) => {
      const route = results.get(routeKey(payload));
      return route !== undefined && isAt(route.at, parties.to) ? [{ payload, route }] : [];
    });
    if (understood.length === 0 || !options.mayUse(parties.from) || options.closed(parties.from) !== undefined) return;
    const place = await locate(options, parties);
    if (place === undefined) return;
    const id: unknown = stanza.attrs['id'];
    const message = { ...parties, ...place, stanza, id: typeof id === 'string' ? id : undefined };
    for (const { payload, route } of understood) await route.handle({ ...message, payload });
  }

  function nothingHere({ from, to }: Parties, payload: Element | undefined): Answer {
    return { error: NOTHING_HERE, after: () => options.onUnresolved(from, to, nameOf(payload)) };
  }

  /** What the sender is told who is served nothing but the open routes. */
  function barred({ from, to }: Parties, payload: Element | undefined): Answer | undefined {
    const closed = options.closed(from);
    if (options.mayUse(from)) return closed && { error: closed };
    const error = stanzaError('forbidden', 'You may not use this service; its operator decides who may.');
    return { error, after: () => options.onBarred?.(from, to, nameOf(payload)) };
  }

  async function handle(route: IqRoute<Target>, request: IqRequest<Target>): Promise<Answer> {
    if (route.types.includes(request.type)) return route.handle(request);
    const wanted = route.types.join(' or ');
    return refused('bad-request', `<${route.name}/> is asked by an IQ of type ${wanted}, not ${request.type}.`);
  }

  /** RFC 6120 section 8.3.3: an element unknown in a known namespace is another thing than an unknown namespace. */
  function unhandled(payload: Element): Answer {
    const xmlns = namespaceOf(payload);
    if (!served.has(xmlns)) {
      return refused('service-unavailable', `Nothing of the namespace ${quote(xmlns)} is answered here.`);
    }
    return refused('feature-not-implemented', `${quoteTag(payload)} of ${xmlns} is not answered at this address.`);
  }
}

function nameOf(payload: Element | undefined): string {
  return payload?.getName() ?? 'iq';
}

function refused(...error: Parameters<typeof stanzaError>): Answer {
  return { error: stanzaError(...error) };
}

function readHead({ attrs }: Element): { id: string; type: 'get' | 'set' } | undefined {
  const id: unknown = attrs['id'];
  const type: unknown = attrs['type'];
  if (typeof id !== 'string' || id === '') return undefined;
  return type === 'get' || type === 'set' ? { id, type } : undefined;
}
