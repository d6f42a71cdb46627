import { findRegistry } from '../client/session/find-registry.js';
import type { Session } from '../client/session/session.js';
import type { FullJid } from '../domain/jid.js';
import type { NodeName } from '../domain/reading.js';
import type { Tag } from '../domain/thing.js';
import { DISCOVERY, encodeRegister, encodeUpdate } from '../xep/0347-registry/codec.js';
import { decodeClaimed } from '../xep/0347-registry/notices-codec.js';
import { createBackoff } from '../xmpp/backoff.js';
import type { Reply } from '../xmpp/caller.js';
import type { Element } from '../xmpp/element.js';
import type { Log } from '../xmpp/log.js';
import type { Ownership } from './ownership.js';

export interface RegistrarOptions {
  readonly session: () => Pick<Session, 'ask' | 'server' | 'jid'>;
  /** Where the registry is, if it is not to be looked for. */
  readonly registry: FullJid | undefined;
  /** What the device says of itself, without KEY. */
  readonly tags: readonly Tag[];
  readonly node: NodeName;
  readonly selfOwned: boolean;
  readonly ownership: Ownership;
  readonly log: Log;
}

/** Keeps a device registered (XEP-0347 section 3.6), and tells it whose it is. */
export interface Registrar {
  /** The registry, once it is known. */
  readonly registry: FullJid | undefined;
  /** Looks for the registry, if need be. Never rejects. */
  find(): Promise<FullJid | undefined>;
  /** Registers, now and again until that is done. Does nothing for a device that was taken out of the registry. */
  register(): Promise<void>;
  /** Changes tags of a claimed device: a value of '' removes one. */
  update(tags: readonly Tag[]): Promise<Reply>;
  /** Empties KEY at the registry, as XEP-0347 section 6.5 recommends for a device that is claimed. */
  emptyKey(): Promise<void>;
  stop(): void;
}

const TIMEOUT_MS = 30_000;

export function createRegistrar(options: RegistrarOptions): Registrar {
  const { session, node, selfOwned, ownership, log } = options;
  const backoff = createBackoff(Math.random);
  let registry = options.registry;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  async function find(): Promise<FullJid | undefined> {
    registry ??= await findRegistry(session());
    return registry;
  }

  async function register(): Promise<void> {
    clearTimeout(again);
    if (stopped || ownership.removed || session().jid === undefined) return;
    const to = await find();
    if (to === undefined) return later('no Thing Registry was found at this server');
    const tags: readonly Tag[] = selfOwned ? options.tags : [...options.tags, keyTag(ownership.key)];
    const payload = encodeRegister({ node, selfOwned, tags });
    const reply = await session().ask({ to, type: 'set', payload, timeoutMs: TIMEOUT_MS });
    if (reply.kind === 'silent') return later(`${to} did not answer`);
    if (reply.kind === 'error') return refused(reply);
    backoff.reset();
    await registered(reply.payload);
  }

  function refused({ error }: Extract<Reply, { kind: 'error' }>): void {
    const why = `${registry} refused the registration: ${error.condition}${error.text === undefined ? '' : `, ${error.text}`}`;
    if (error.type === 'wait' || error.condition === 'service-unavailable') later(why);
    else log.error({}, why);
  }

  async function registered(payload: Element | undefined): Promise<void> {
    if (payload === undefined) {
      log.info({ registry }, selfOwned ? 'registered as its own' : 'registered, without an owner');
      ownership.disowned();
      return;
    }
    const claimed = payload.is('claimed', DISCOVERY) ? decodeClaimed(payload) : undefined;
    if (!claimed?.ok) return log.error({}, `${registry} answered the registration with what is no answer`);
    log.info({ registry, owner: claimed.value.jid }, 'registered, with an owner');
    ownership.claimed(claimed.value.jid, claimed.value.isPublic ?? true);
    await emptyKey();
  }

  function later(why: string): void {
    if (stopped || session().jid === undefined) return; // the next session begins with it
    const ms = backoff.next();
    log.warn({ ms }, `${why}; next attempt after a pause`);
    clearTimeout(again);
    again = setTimeout(() => void register(), ms);
    again.unref();
  }

  async function update(tags: readonly Tag[]): Promise<Reply> {
    if (registry === undefined || ownership.removed) return { kind: 'silent' };
    const payload = encodeUpdate({ node, tags });
    const reply = await session().ask({ to: registry, type: 'set', payload, timeoutMs: TIMEOUT_MS });
    // Section 3.10: the registry says so to a Thing that has not heard of it yet.
    if (reply.kind === 'result' && reply.payload?.is('disowned', DISCOVERY) === true) {
      ownership.disowned();
      await register();
    }
    return reply;
  }

  async function emptyKey(): Promise<void> {
    if (selfOwned) return;
    const reply = await update([keyTag('')]);
    if (reply.kind === 'error') log.warn({ condition: reply.error.condition }, 'the KEY could not be emptied');
  }

  return {
    get registry() {
      return registry;
    },
    find,
    register,
    update,
    emptyKey,
    stop() {
      stopped = true;
      clearTimeout(again);
    },
  };
}

function keyTag(value: string): Tag {
  return { name: 'KEY', kind: 'str', value };
}
