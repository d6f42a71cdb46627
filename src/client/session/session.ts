import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BareJid, type FullJid, reachable } from '../../domain/jid.js';
import { createBackoff } from '../../xmpp/backoff.js';
import { createCaller, type Question, type Reply } from '../../xmpp/caller.js';
import { type Element, sayable, serialize } from '../../xmpp/element.js';
import { parseJid } from '../../xmpp/jid.js';
import type { Log } from '../../xmpp/log.js';
import { DEFAULT_LIMITS } from '../../xmpp/parser.js';
import type { Presence, Protocol } from '../../xmpp/protocol.js';
import { createRouter } from '../../xmpp/router.js';
import { findService, nameOf, parseService } from './service.js';
import { type ClientStream, type NotLetIn, openClientStream } from './stream.js';

/** An account on an XMPP server, and how to get to it. */
export interface Account {
  /** The bare JID: `sensor@example.org`. */
  readonly jid: string;
  readonly password: string;
  /** Where its server listens: `xmpp://host:port`. Found by DNS unless told. */
  readonly service?: string;
  /** Whether to open the account where there is none (XEP-0077). */
  readonly register?: boolean;
  /** Whether to go on without encryption where the server offers none. To this machine itself it is always allowed. */
  readonly allowPlain?: boolean;
  /** Authorities to trust instead of the system's, in PEM. */
  readonly ca?: string;
}

/** There is nobody to choose from behind an account's session: whatever is sent to it is sent to it. */
export type Self = 'self';

export interface SessionOptions {
  readonly account: Account;
  /** Goes into the name of the session, for people who look at a list of them. */
  readonly name: string;
  /** What is answered, by whom. */
  readonly protocols: readonly Protocol<Self>[];
  readonly onPresence?: (presence: Presence<Self>) => Promise<void>;
  /** Called whenever a session has begun, before anything that comes in. */
  readonly onOnline?: () => void;
  /** Called at the end of each session, with the reason in words. */
  readonly onOffline?: (reason: string) => void;
  /** Shown every stanza, secrets and all: for those who want to see what goes on. */
  readonly onTraffic?: (direction: 'in' | 'out', stanza: Element) => void;
  /** Whether to keep trying where the first attempt fails for a reason that may pass. */
  readonly patient: boolean;
  readonly log: Log;
}

export type Started = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** A session of an account, begun again whenever it ends, until `stop`. */
export interface Session {
  readonly account: BareJid;
  /** The account's server. */
  readonly server: FullJid;
  /** Undefined while off line. */
  readonly jid: FullJid | undefined;
  /** Resolves when on line for the first time, or when that is not to be. Call it once. */
  start(): Promise<Started>;
  /** @returns false if there is no session; the stanza is then dropped. */
  send(stanza: Element): boolean;
  /** Asks by IQ. Every question ends; without a session, as unanswered. */
  ask(question: Omit<Question, 'from'>): Promise<Reply>;
  stop(): Promise<void>;
}

/** @throws TypeError for an account that cannot be: that is for the programmer, or for who made the settings. */
export function createSession(options: SessionOptions): Session {
  return new LastingSession(options);
}

const OPEN_MS = 15_000;
const CLOSE_MS = 3000;
/** A session that lasted as long proves that all is well; the pauses begin anew with the shortest. */
const PROVEN_MS = 60_000;

class LastingSession implements Session {
  readonly account: BareJid;
  readonly server: FullJid;
  readonly #local: string;
  readonly #options: SessionOptions;
  readonly #resource: string;
  readonly #caller = createCaller((stanza) => this.send(stanza));
  readonly #router;
  readonly #stopping = new AbortController();
  #stream: ClientStream | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { account, name, protocols, log } = options;
    const jid = parseJid(account.jid);
    if (jid === undefined || jid.local === '' || jid.resource !== '') {
      throw new TypeError(`"${account.jid}" is no account; use a bare JID such as sensor@example.org`);
    }
    if (account.service !== undefined && parseService(account.service) === undefined) {
      throw new TypeError(`"${account.service}" is no service; use xmpp://host or xmpp://host:port`);
    }
    const server = parseJid(jid.domain)?.full;
    const reach = server && reachable(server);
    if (reach === undefined) throw new TypeError(`"${jid.domain}" is no domain`);
    this.#options = options;
    this.#local = jid.local;
    this.account = jid.bare;
    this.server = reach;
    this.#resource = `${name}-${randomBytes(4).toString('hex')}`;
    this.#router = createRouter<Self>({
      domain: jid.domain,
      protocols,
      mayUse: () => true,
      resolve: async () => 'self',
      onUnresolved: () => undefined,
      onPresence: async (presence) => options.onPresence?.(presence),
      onReply: (stanza) => this.#caller.receive(stanza),
      closed: () => undefined,
      explain: () => undefined,
      send: (stanza) => this.send(stanza),
      log,
    });
  }

  get jid(): FullJid | undefined {
    return this.#stream?.online === true ? reachable(this.#stream.jid.full) : undefined;
  }

  async start(): Promise<Started> {
    return new Promise((resolve) => {
      this.#running ??= this.#run(resolve);
    });
  }

  send(stanza: Element): boolean {
    if (this.#stream?.online !== true) return false;
    this.#options.onTraffic?.('out', stanza);
    this.#stream.write(sayable(serialize(stanza)));
    return true;
  }

  async ask(question: Omit<Question, 'from'>): Promise<Reply> {
    const from = this.jid;
    return from === undefined ? { kind: 'silent' } : this.#caller.ask({ ...question, from });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#stream?.close('stopped');
    await this.#running;
  }

  async #run(started: (outcome: Started) => void): Promise<void> {
    const { log, patient, onOffline } = this.#options;
    const { signal } = this.#stopping;
    const backoff = createBackoff(Math.random);
    let proven = false;
    while (!signal.aborted) {
      const stream = await this.#open(signal);
      if ('why' in stream) {
        if (!proven && (stream.lasting || !patient)) return started({ ok: false, why: stream.why });
        log.warn({ account: this.account }, `not on line: ${stream.why}`);
      } else {
        proven = true;
        const since = performance.now();
        const reason = await this.#live(stream, () => started({ ok: true }));
        if (performance.now() - since >= PROVEN_MS) backoff.reset();
        this.#guarded(() => onOffline?.(reason));
      }
      if (!signal.aborted) await delay(backoff.next(), undefined, { signal }).catch(() => undefined); // aborted
    }
    started({ ok: false, why: 'stopped' });
  }

  async #open(signal: AbortSignal): Promise<ClientStream | NotLetIn> {
    const { account } = this.#options;
    const endpoint =
      (account.service === undefined ? undefined : parseService(account.service)) ?? (await findService(this.server));
    this.#options.log.debug({ service: nameOf(endpoint), account: this.account }, 'connecting');
    return openClientStream(
      {
        endpoint,
        domain: this.server,
        credentials: { username: this.#local, password: account.password },
        resource: this.#resource,
        register: account.register ?? false,
        allowPlain: account.allowPlain ?? false,
        ...(account.ca !== undefined && { ca: account.ca }),
        limits: DEFAULT_LIMITS,
        openMs: OPEN_MS,
        closeMs: CLOSE_MS,
      },
      signal,
    );
  }

  /** Lives through one session and returns why it ended. */
  async #live(stream: ClientStream, letIn: () => void): Promise<string> {
    const { onOnline } = this.#options;
    this.#stream = stream;
    this.#guarded(() => onOnline?.());
    letIn();
    stream.flow((stanza) => this.#receive(stanza, stream));
    const reason = await stream.ended;
    this.#stream = undefined;
    this.#caller.stop();
    return reason;
  }

  #receive(stanza: Element, { jid }: ClientStream): void {
    // What the server says for itself or for the account it need not address (RFC 6120 section 8.1).
    stanza.attrs['from'] ??= jid.bare;
    stanza.attrs['to'] ??= jid.full;
    this.#options.onTraffic?.('in', stanza);
    void this.#router.receive(stanza);
  }

  #guarded(receiver: () => void): void {
    try {
      receiver();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a receiver of the session failed');
    }
  }
}
