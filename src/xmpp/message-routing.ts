import { childElements, type Element } from './element.js';
import type { Jid } from './jid.js';
import type { MessageRoute } from './protocol.js';
import { errorTo, handlerFailed, isAt, routeKey } from './reply.js';
import { locate, NOTHING_HERE, type Parties, type RouterOptions } from './routing.js';
import { decodeError, type StanzaError } from './stanza-error.js';

/**
 * Gives each payload of a message to who understands it; messages that nobody understands are for people, and no
 * person is here. Errors are never answered: they go to the protocols, which may have a stream to end.
 */
export function createMessageRouting<Target>(options: RouterOptions<Target>) {
  const { protocols, send } = options;
  const routes = new Map<string, MessageRoute<Target>>();
  for (const route of protocols.flatMap(({ messages = [] }) => messages)) {
    routes.set(`${route.name} ${route.xmlns}`, route);
  }

  return async function receive(stanza: Element, parties: Parties, since: number): Promise<void> {
    const handled = (outcome: string) => options.onHandled?.(stanza, outcome, since);
    const isError = stanza.attrs['type'] === 'error';
    if (isError) bounced(stanza, parties);
    if (isError || !options.mayUse(parties.from)) {
      handled('none');
      return;
    }
    const { error, after } = await answerTo(stanza, parties).catch((failure: unknown) => ({
      error: handlerFailed(options, stanza, failure),
      after: undefined,
    }));
    const isAnswered = error === undefined || send(errorTo(stanza, error));
    handled(error?.condition ?? 'none');
    if (isAnswered) after?.();
  };

  async function answerTo(
    stanza: Element,
    parties: Parties,
  ): Promise<{ error?: StanzaError | undefined; after?: () => void }> {
    const closed = options.over?.('messages', parties.from) ?? options.closed(parties.from);
    if (closed !== undefined) return understood(stanza, parties.to).length > 0 ? { error: closed } : {};
    const place = await locate(options, parties);
    if (place !== undefined) return { error: await handle(stanza, { ...parties, ...place }) };
    return { error: NOTHING_HERE, after: () => options.onUnresolved(parties.from, parties.to, 'message') };
  }

  function bounced(stanza: Element, { from, to }: Parties): void {
    for (const protocol of protocols) protocol.bounced?.(from, to, decodeError(stanza), stanza);
  }

  async function handle(stanza: Element, place: Parties & { target?: Target }): Promise<StanzaError | undefined> {
    const id: unknown = stanza.attrs['id'];
    const message = { ...place, stanza, id: typeof id === 'string' ? id : undefined };
    for (const { payload, route } of understood(stanza, place.to)) {
      const error = await route.handle({ ...message, payload });
      if (error !== undefined) return error;
    }
    return undefined;
  }

  /** The payloads of a message that somebody understands at this address. */
  function understood(stanza: Element, to: Jid): { payload: Element; route: MessageRoute<Target> }[] {
    return childElements(stanza).flatMap((payload) => {
      const route = routes.get(routeKey(payload));
      return route !== undefined && isAt(route.at, to) ? [{ payload, route }] : [];
    });
  }
}
