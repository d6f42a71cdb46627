import { baseOf } from '../history/aggregate.js';
import { type Computation, createComputation } from '../history/compute-history.js';
import type { ReadingStore } from '../ports.js';
import type { HistoryCursor, HistoryPage, HistoryQuery, NodeName, Reading } from '../reading.js';
import type { TimeZone } from '../time-zone.js';
import { type Choice, chooseStored } from './choose-fields.js';
import { isAsked, means, nameFor, type Part } from './part.js';
import type { Sample } from './report.js';
import { samplesOf } from './split-samples.js';
import { OF_A_PERIOD, periodsNamed } from './types-asked.js';

export interface HistoryAsked {
  readonly part: Part;
  /** Both inclusive, in ms since 1970. */
  readonly bounds: { readonly from: number | undefined; readonly to: number | undefined };
  readonly choice: Choice;
  readonly zone: TimeZone;
  /** A period that is not over has no values worked out. In ms since 1970. */
  readonly now: number;
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
  asked: HistoryAsked,
  { readings, ping }: HistoryDeps,
  { send, seen }: HistoryOutlet,
): Promise<'complete' | 'unwanted' | 'reader-gone'> {
  const { part } = asked;
  const nodes = await readings.nodes(part.ownership);
  const [first] = nodes;
  const wanted = nodes.filter((node) => isAsked(part, node, first));
  for (const each of part.only) if (wanted.some((node) => means(part, each, node, first))) seen.add(each);
  if (wanted.length === 0) return 'complete';
  const computation = computationOf(asked);
  const query = queryOf(asked, computation?.since, wanted);
  const show = showing(asked, computation, first);
  let after: HistoryCursor | undefined;
  let answers = false;
  for (let pages = 0; ; pages++) {
    const page = await readings.history(query, PAGE, after);
    if (!(await send(samplesOf(show(page))))) return 'unwanted';
    if (page.next === undefined) return 'complete';
    after = page.next;
    if (pages === 0) answers = await ping();
    else if (answers && pages % PAGES_A_PING === 0 && !(await ping())) return 'reader-gone';
  }
}

/** What is shown of each page: what was asked for of its readings, and what was worked out from them. */
function showing(
  asked: HistoryAsked,
  computation: Computation | undefined,
  first: NodeName | undefined,
): (page: HistoryPage) => Reading[] {
  const { part } = asked;
  const shown = (reading: Reading): Reading[] => {
    if (!isAsked(part, reading.node, first)) return [];
    const worked = computation?.take(reading) ?? [];
    const chosen = chosenOf(reading, asked);
    return chosen === undefined ? worked : [...worked, chosen];
  };
  return (page) => {
    const readings = page.readings.flatMap(shown);
    const rest = page.next === undefined ? computation?.end() : undefined;
    return [...readings, ...(rest ?? [])].map((reading) => ({ ...reading, node: nameFor(part, reading.node, first) }));
  };
}

/** Undefined where nothing is to be worked out. */
function computationOf({ bounds: { from, to }, choice, zone, now }: HistoryAsked): Computation | undefined {
  const periods = periodsNamed(choice.ofStore);
  const statistics = OF_A_PERIOD.filter((type) => choice.ofStore.has(type));
  if (periods.length === 0 || statistics.length === 0) return undefined;
  return createComputation({ periods, statistics, names: choice.names, from, to: Math.min(to ?? now, now), zone });
}

function chosenOf(reading: Reading, { bounds: { from }, choice, zone }: HistoryAsked): Reading | undefined {
  // What is worked out may need readings from before the bounds.
  return from !== undefined && reading.at.ms < from ? undefined : chooseStored(reading, choice, zone);
}

function queryOf(
  { part: { ownership }, bounds: { from, to }, choice: { names } }: HistoryAsked,
  since: number | undefined,
  wanted: readonly NodeName[],
): HistoryQuery {
  const [node] = wanted;
  const begin = since ?? from;
  return {
    ownership,
    ...(wanted.length === 1 && node !== undefined && { node }),
    ...(names.size > 0 && { names: sourcesOf(names) }),
    ...(begin !== undefined && { from: begin }),
    ...(to !== undefined && { to }),
  };
}

/** `Temperature, Max` may be stored, and may be worked out from `Temperature`. */
function sourcesOf(names: ReadonlySet<string>): string[] {
  return [...new Set([...names].flatMap((name) => [name, baseOf(name) ?? name]))];
}
