import { randomUUID } from 'node:crypto';
import { type Element, element } from './element.js';
import type { Log } from './log.js';

export interface SoleConnectionOptions {
  /** The component's domain in stringprep form. */
  readonly domain: string;
  /** False where there is no connection. */
  readonly send: (stanza: Element) => boolean;
  readonly reconnect: (reason: string) => Promise<void>;
  /** Called when `alone` has changed. */
  readonly onChange: (alone: boolean) => void;
  readonly log: Log;
  /** From the end of one check to the next, in milliseconds; a minute unless told. */
  readonly interval?: number;
  /** How long probes may be under way, in milliseconds; 10 s unless told. */
  readonly timeout?: number;
  /** How many probes make a check. See {@link watchSoleConnection}. */
  readonly count?: number;
}

export interface SoleConnection {
  /** Whether the last check found no other connection. False until the first check on a connection has ended. */
  readonly alone: boolean;
  /** Whether another connection was seen, and has not been seen to go since. */
  readonly inCompany: boolean;
  /** Checks now, or joins the check under way. Resolves with `alone`; false where there is no connection. */
  check(): Promise<boolean>;
  /** Takes every stanza first. True for a probe, ours or another's: it is dealt with, and must not be answered. */
  handle(stanza: Element): boolean;
  /** To be called each time the server has let us in. */
  online(): void;
  /** To be called when the connection has ended: nobody is alone where nobody is. */
  offline(): void;
  stop(): void;
}

/**
 * Finds out whether another connection serves our domain: ejabberd takes it, with the same secret, and deals what is
 * sent to the domain to one of the two at random, each stanza by itself. So probes are sent from the domain to itself
 * (XEP-0199 pings, which any other component answers too), and unless all come back here, we are not alone. A check of
 * 20 probes that all come back by chance, although another connection is there, happens once in 2^20, about a million.
 *
 * A probe of ours that reaches the other side is not answered there, if that is a thingstead: it tells it, at once, that
 * it is not alone either, and the probes that it then sends tell us as fast. Nobody else can send from our domain, as
 * ejabberd checks that. If the other side is something that does answer, the answer tells us.
 *
 * When the other connection has gone we reconnect once, as ejabberd withdraws the presence grant (XEP-0356) when either
 * ends. If nothing at all comes back, the connection is dead at the other end, and we reconnect as well.
 *
 * With ejabberd's `domain_balancing` set to anything but `random` for the domain, stanzas with one sender go to one
 * connection, and this says nothing.
 */
export function watchSoleConnection(options: SoleConnectionOptions): SoleConnection {
  return new Watch(options);
}

const PING = 'urn:xmpp:ping';
/** How many checks back a probe is still known to be ours. */
const REMEMBERED_CHECKS = 5;

interface Check {
  /** The ids of its probes, and of those that have not come back. */
  readonly ids: ReadonlySet<string>;
  readonly awaited: Set<string>;
  readonly result: Promise<boolean>;
  readonly settle: (alone: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

class Watch implements SoleConnection {
  alone = false;
  inCompany = false;
  readonly #options: Required<SoleConnectionOptions>;
  #running: Check | undefined;
  /** Our ids whose check has ended: what still comes of them proves nothing. */
  #spent: readonly ReadonlySet<string>[] = [];
  #next: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: SoleConnectionOptions) {
    this.#options = { interval: 60_000, timeout: 10_000, count: 20, ...options };
  }

  online(): void {
    this.offline();
    void this.check();
  }

  offline(): void {
    this.#end(false);
    // The grant that comes with the next connection is good; whoever is there besides will show in its check.
    this.inCompany = false;
    this.#become(false);
  }

  check(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    this.#running ??= this.#begin();
    return this.#running?.result ?? Promise.resolve(false);
  }

  handle(stanza: Element): boolean {
    const { domain } = this.#options;
    const { id, type, from, to } = stanza.attrs;
    if (stanza.name !== 'iq' || from !== domain || to !== domain || typeof id !== 'string') return false;
    if (type === 'result' || type === 'error') return this.#answered(id);
    if (type !== 'get' || stanza.getChild('ping', PING) === undefined) return false;
    if (!this.#isOurs(id)) this.#visited();
    else if (this.#running?.awaited.delete(id) && this.#running.awaited.size === 0) this.#foundNobody();
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#end(false);
    clearTimeout(this.#next);
  }

  /** Sends the probes of a check; undefined where there is no connection. */
  #begin(): Check | undefined {
    const { domain, send, count, timeout } = this.#options;
    clearTimeout(this.#next);
    const ids = new Set(Array.from({ length: count }, () => randomUUID()));
    for (const id of ids) {
      const probe = element('iq', { type: 'get', id, from: domain, to: domain }, element('ping', { xmlns: PING }));
      if (!send(probe)) return undefined; // `online` will begin anew
    }
    let settle: (alone: boolean) => void = () => undefined;
    const result = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    return { ids, awaited: new Set(ids), result, settle, timer: setTimeout(() => this.#overdue(), timeout) };
  }

  /**
   * Another's probe has come to us. That one may have come just now, and would serve beside us until its own check has
   * timed out: of the probes that we send at once, about half will come to it.
   */
  #visited(): void {
    const isNews = !this.inCompany;
    this.#foundCompany('its probe came to us');
    if (isNews) void this.check();
  }

  /** An answer to a probe of ours: whoever wrote it got what was sent to our domain, and it was not us. */
  #answered(id: string): boolean {
    if (!this.#isOurs(id)) return false;
    if (this.#running?.awaited.has(id)) this.#foundCompany('it answered our probe');
    return true;
  }

  #overdue(): void {
    const { ids, awaited } = this.#running ?? { ids: new Set(), awaited: new Set() };
    if (awaited.size < ids.size) {
      this.#foundCompany(`${awaited.size} of ${ids.size} probes did not come back`);
      return;
    }
    this.#become(false);
    this.#end(false);
    void this.#options.reconnect('nothing that we send to ourselves comes back: the connection is dead');
  }

  #foundNobody(): void {
    if (!this.inCompany) {
      this.#become(true);
      this.#end(true);
      return;
    }
    this.inCompany = false;
    this.#end(false);
    const { domain, log, reconnect } = this.#options;
    log.info({ domain }, 'the other connection has gone; connecting anew to get the presence grant back');
    void reconnect('alone again on the domain');
  }

  #foundCompany(how: string): void {
    const { domain, log } = this.#options;
    if (!this.inCompany) {
      log.warn({ domain }, `another connection serves "${domain}": ${how}. Stop one of the two components.`);
    }
    this.inCompany = true;
    this.#become(false);
    this.#end(false);
  }

  #become(alone: boolean): void {
    if (this.alone === alone) return;
    this.alone = alone;
    this.#options.onChange(alone);
  }

  /** Ends the check under way, if there is one, and sets the time of the next. */
  #end(alone: boolean): void {
    const check = this.#running;
    this.#running = undefined;
    if (check !== undefined) {
      clearTimeout(check.timer);
      this.#spent = [check.ids, ...this.#spent].slice(0, REMEMBERED_CHECKS);
      check.settle(alone);
    }
    clearTimeout(this.#next);
    if (!this.#stopped) this.#next = setTimeout(() => void this.check(), this.#options.interval);
  }

  #isOurs(id: string): boolean {
    return this.#running?.ids.has(id) === true || this.#spent.some((ids) => ids.has(id));
  }
}
