import type { ReadingStore } from '../ports.js';
import type { HistoryCursor, HistoryQuery, NodeName, Reading } from '../reading.js';
import type { TimeZone } from '../time-zone.js';
import { type Choice, chooseStored } from './choose-fields.js';
import { isAsked, means, nameFor, type Part } from './part.js';
import type { Sample } from './report.js';
import { samplesOf } from './split-samples.js';

export interface HistoryAsked {
  readonly part: Part;
  /** Both inclusive, in ms since 1970. */
  readonly bounds: { readonly from: number | undefined; readonly to: number | undefined };
  readonly choice: Choice;
  readonly zone: TimeZone;
}

export interface HistoryDeps {
  readonly readings: ReadingStore;
  /** Whether the reader answers a ping. */
  readonly ping: () => Promise<boolean>;
}

export interface HistoryOutlet {
  /** Resolves when more can be taken; false: no more is wanted. */
  readonly send: (samples: readonly Sample[]) => Promise<boolean>;
  /** Takes those of the nodes asked for that there are. */
  readonly seen: Set<NodeName>;
}

/** Readings that are held at a time. */
const PAGE = 500;
/** After how many pages the reader is asked whether it is still there. */
const PAGES_A_PING = 20;

/**
 * Sends what is stored of a Thing, oldest first, a page at a time and no faster than the connection takes it. A history
 * of more than a page begins with a ping of the reader: one that answered and later does not is gone.
 */
export async function streamHistory(
  { part, bounds, choice, zone }: HistoryAsked,
  { readings, ping }: HistoryDeps,
  { send, seen }: HistoryOutlet,
): Promise<'complete' | 'unwanted' | 'reader-gone'> {
  const nodes = await readings.nodes(part.ownership);
  const [first] = nodes;
  const wanted = nodes.filter((node) => isAsked(part, node, first));
  for (const asked of part.only) if (wanted.some((node) => means(part, asked, node, first))) seen.add(asked);
  if (wanted.length === 0) return 'complete';
  const query = queryOf(part, bounds, choice, wanted);
  const show = (reading: Reading): Reading[] => {
    const chosen = isAsked(part, reading.node, first) ? chooseStored(reading, choice, zone) : undefined;
    return chosen === undefined ? [] : [{ ...chosen, node: nameFor(part, chosen.node, first) }];
  };
  let after: HistoryCursor | undefined;
  let answers = false;
  for (let pages = 0; ; pages++) {
    const page = await readings.history(query, PAGE, after);
    if (!(await send(samplesOf(page.readings.flatMap(show))))) return 'unwanted';
    if (page.next === undefined) return 'complete';
    after = page.next;
    if (pages === 0) answers = await ping();
    else if (answers && pages % PAGES_A_PING === 0 && !(await ping())) return 'reader-gone';
  }
}

function queryOf(
  { ownership }: Part,
  { from, to }: HistoryAsked['bounds'],
  { names }: Choice,
  wanted: readonly NodeName[],
): HistoryQuery {
  const [node] = wanted;
  return {
    ownership,
    ...(wanted.length === 1 && node !== undefined && { node }),
    ...(names.size > 0 && { names: [...names] }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}
