import type { Server } from '../../scripts/ejabberd/server.js';
import { openSession, type Session } from './session.js';

/** What one run of many requests came to. */
export interface Ran {
  readonly perSecond: number;
  /** Of each request, in ms. */
  readonly latencies: readonly number[];
}

/** Users who ask a component all at once. */
export interface Load {
  readonly sessions: readonly Session[];
  /**
   * Sends so many requests, as many at a time as told, dealt to the sessions in turn.
   *
   * @param stanza the n-th request, with the id that it is to have, and the session that sends it.
   * @throws if one is refused, or none is answered for ten seconds.
   */
  run(count: number, atOnce: number, stanza: (n: number, id: string, session: number) => string): Promise<Ran>;
  close(): void;
}

const PATIENCE_MS = 10_000;

export async function openLoad(server: Server, users: readonly string[]): Promise<Load> {
  let answered: (id: string, isError: boolean) => void = () => undefined;
  const sessions = await Promise.all(
    users.map((user) => openSession(server, user, (id, isError) => answered(id, isError))),
  );
  let runs = 0;
  return {
    sessions,
    async run(count, atOnce, stanza) {
      const prefix = `r${++runs}-`;
      const begun = new Float64Array(count);
      const latencies: number[] = [];
      const start = performance.now();
      let [sent, last] = [0, start];
      const send = (): void => {
        const n = sent++;
        begun[n] = performance.now();
        sessions[n % sessions.length]?.send(stanza(n, `${prefix}${n}`, n % sessions.length));
      };
      await new Promise<void>((resolve, reject) => {
        const take = (id: string): void => {
          last = performance.now();
          latencies.push(last - (begun[Number(id.slice(prefix.length))] ?? 0));
          if (sent < count) send();
          else if (latencies.length === count) resolve();
        };
        answered = (id, isError) => {
          if (isError) reject(new Error(`request ${id} was refused`));
          else if (id.startsWith(prefix)) take(id);
        };
        for (let n = 0; n < Math.min(atOnce, count); n++) send();
        watchdog(() => latencies.length, count, reject);
      });
      return { perSecond: (1000 * count) / (last - start), latencies };
    },
    close() {
      for (const session of sessions) session.close();
    },
  };
}

/** Gives up where nothing is answered any more. */
function watchdog(done: () => number, count: number, giveUp: (why: Error) => void): void {
  let before = -1;
  const timer = setInterval(() => {
    const now = done();
    if (now === before) giveUp(new Error(`no answer for ${PATIENCE_MS} ms after ${now} of ${count}`));
    if (now === before || now === count) clearInterval(timer);
    before = now;
  }, PATIENCE_MS);
  timer.unref();
}
