import type { Metrics } from './metrics/metrics.js';
import type { AdjustableLog } from './upkeep.js';
import { type Element, namespaceOf } from './xmpp/element.js';

/** An id is the sender's; more of it helps nobody to find a stanza. */
const LONGEST = 64;

/** Counts each stanza that was dealt with, and writes a line about it where the log is that fine (`debug`). */
export function watchStanzas(metrics: Pick<Metrics, 'stanzaIn'>, log: AdjustableLog) {
  return (stanza: Element, outcome: string, since: number): void => {
    const ms = performance.now() - since;
    metrics.stanzaIn(stanza.name, outcome, ms);
    if (!log.isLevelEnabled('debug')) return;
    const { from, to, id, type } = stanza.attrs;
    const asked = stanza.children.find((child) => typeof child !== 'string');
    log.debug(
      {
        stanza: stanza.name,
        ...{ type: cut(type), id: cut(id), from, to },
        asked: asked && `${cut(asked.getName())} ${cut(namespaceOf(asked))}`,
        outcome,
        ms: Math.round(ms * 100) / 100,
      },
      'a stanza was dealt with',
    );
  };
}

function cut(text: unknown): string | undefined {
  return typeof text === 'string' ? text.slice(0, LONGEST) : undefined;
}
