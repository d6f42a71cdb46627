import type { FullJid } from '../domain/jid.js';
import { createBackoff } from '../xmpp/backoff.js';
import { type StanzaError, saysGone } from '../xmpp/stanza-error.js';
import type { Ownership } from './ownership.js';
import type { Pushed, Pusher } from './push.js';
import type { Queue, Waiting } from './queue.js';

export interface ForwarderOptions {
  readonly queue: Queue;
  readonly pusher: Pick<Pusher, 'push'>;
  readonly ownership: Pick<Ownership, 'owner' | 'removed'>;
  /** Where to send; undefined while that is not possible. */
  readonly registry: () => FullJid | undefined;
  /** Told of a report that the registry will never take. */
  readonly onRefused: (error: StanzaError) => void;
  /** The registry does not know us as anyone's Thing: it is to be asked whose we are. */
  readonly onStranger: () => void;
  /** For tests: a number from 0 to 1. */
  readonly random?: () => number;
}

/** Sends what waits in the queue, again and again until the registry has it. */
export interface Forwarder {
  /** Something has changed: there is more to send, or a way to send it. */
  wake(): void;
  stop(): void;
}

/** Reports under way at once: one at a time would be slow over a long way. */
const AT_ONCE = 10;

export function createForwarder(options: ForwarderOptions): Forwarder {
  const { queue, pusher, ownership, registry, onRefused, onStranger, random = Math.random } = options;
  const backoff = createBackoff(random);
  let again: NodeJS.Timeout | undefined;
  let running = false;
  let woken = false;
  let stopped = false;

  async function run(): Promise<void> {
    for (;;) {
      const to = registry();
      const { owner, removed } = ownership;
      if (stopped || to === undefined || owner === undefined || removed) return;
      const waiting = queue.oldest(AT_ONCE);
      if (waiting.length === 0) return;
      const sent = await Promise.all(waiting.map((report) => forward(report, to, owner)));
      if (!sent.every(Boolean)) return later();
      backoff.reset();
    }
  }

  /** @returns whether there is an end of it, good or bad. */
  async function forward({ id, owner, samples }: Waiting, to: FullJid, present: string): Promise<boolean> {
    const outcome: Pushed = owner === present ? await pusher.push(to, samples) : { outcome: 'received' };
    const error = outcome.outcome === 'refused' ? outcome.error : undefined;
    if (outcome.outcome === 'silent' || (error !== undefined && passes(error))) return false;
    if (error?.type === 'auth') {
      onStranger();
      return false;
    }
    queue.remove(id);
    if (error !== undefined) onRefused(error);
    return true;
  }

  function later(): void {
    clearTimeout(again);
    again = setTimeout(wake, backoff.next());
    again.unref();
  }

  async function runWhileWoken(): Promise<void> {
    running = true;
    while (woken) {
      woken = false;
      await run();
    }
    running = false;
  }

  function wake(): void {
    woken = true;
    clearTimeout(again);
    if (!running && !stopped) void runWhileWoken();
  }

  return {
    wake,
    stop() {
      stopped = true;
      clearTimeout(again);
    },
  };
}

/** Said by the registry of a full disk, and by the server of a registry that is not there. */
function passes(error: StanzaError): boolean {
  return error.type === 'wait' || (saysGone(error) && error.condition !== 'item-not-found');
}
