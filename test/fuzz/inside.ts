import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../src/assemble.js';
import { readConfig } from '../../src/config.js';
import { createBlocks } from '../../src/domain/block.js';
import { createLiveSettings } from '../../src/live-settings.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { type Element, element } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';
import { settingsFor } from '../integration/harness/component-under-test.js';
import { DOMAIN } from './cast.js';
import type { Oracle } from './oracle.js';

/** All of a component but its stream, on a store in memory. */
export interface Inside {
  /** What failed so far. */
  readonly failures: readonly unknown[];
  /**
   * Reads contents of streams, each of a stream of its own, and deals with what is read, all of it at once.
   *
   * @returns how many of the streams ended with an error
   */
  take(texts: readonly string[], oracle: Oracle): Promise<number>;
  close(): Promise<void>;
}

const STANZAS: readonly string[] = ['iq', 'message', 'presence'];

/** Whatever it asks of others is acknowledged at once. */
export function openInside(): Inside {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-fuzz-'));
  const host = { service: 'xmpp://127.0.0.1:1', domain: DOMAIN, secret: 's' };
  const settings = { ...settingsFor(host, join(folder, 'thingstead.db')), THINGSTEAD_LIMITS: 'off' };
  const live = createLiveSettings(() => readConfig(settings, undefined));
  if ('faults' in live) throw new Error(live.faults.join('\n'));
  const failures: unknown[] = [];
  const quiet = (): void => undefined;
  const store = openSqliteStore({ file: ':memory:' });
  let oracle: Oracle | undefined;
  const { router, broker, recorder, caller, refusals, tellOwners } = assemble({
    settings: live.settings,
    log: {
      level: 'error',
      isLevelEnabled: () => false,
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (details) => void failures.push(details),
    },
    version: '0.0.0',
    store,
    blocks: createBlocks(store.blocks),
    send(stanza) {
      oracle?.said(stanza);
      const { id, from, to, type } = stanza.attrs;
      if (stanza.name === 'iq' && (type === 'get' || type === 'set')) {
        void Promise.resolve().then(() => router.receive(element('iq', { type: 'result', id, from: to, to: from })));
      }
      return true;
    },
    drained: async () => undefined,
    inCompany: () => false,
    isBusy: () => false,
    onLimited: () => undefined,
    onHandled: () => undefined,
    onFault: (error) => void failures.push(error),
  });

  return {
    failures,
    async take(texts, judge) {
      oracle = judge;
      const streams = texts.map(readStream);
      const read = streams.flatMap(({ stanzas }) => stanzas);
      for (const stanza of read) oracle.told(stanza);
      await Promise.all(read.map((stanza) => router.receive(stanza)));
      return streams.filter(({ ended }) => ended).length;
    },
    async close() {
      await Promise.all([recorder.stop(), broker.stop(), tellOwners.stop()]);
      caller.stop();
      await refusals.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The stanzas of a stream, and whether it ended with an error. */
function readStream(text: string): { readonly stanzas: readonly Element[]; readonly ended: boolean } {
  const stanzas: Element[] = [];
  let ended = false;
  const parser = createParser({
    opened: () => undefined,
    element: (one) => void (STANZAS.includes(one.name) && stanzas.push(one)),
    refused: () => undefined,
    closed: () => undefined,
    fault: () => {
      ended = true;
    },
  });
  parser.write(`<stream:stream xmlns='jabber:component:accept'>${text}</stream:stream>`);
  return { stanzas, ended };
}
