import type { ReadingStore } from '../ports.js';
import { historicalTypes, type Period, shiftBefore, shiftFrom } from '../read-out/shifts.js';
import type { HistoryCursor, HistoryPage, HistoryQuery, Reading } from '../reading.js';
import type { TimeZone } from '../time-zone.js';

export interface LookUpAsked extends HistoryQuery {
  /** How many readings at most: at least one. */
  readonly most: number;
  /** Only those at shifts of a period: `historicalHour` wants those of whole hours. */
  readonly every?: Period;
  /** Where shifts are judged. */
  readonly zone: TimeZone;
}

export interface LookedUp {
  /** In the order asked for; all of one time, or none, but for the case of `isCut`. */
  readonly readings: readonly Reading[];
  /** There may be more: from this time on (in the order asked for), in ms since 1970. */
  readonly next?: number;
  /** More than could be given are of one single time, which `next` passes over. */
  readonly isCut?: true;
}

interface Place {
  readonly query: HistoryQuery;
  readonly after?: HistoryCursor;
}

/** Of a page that is looked through for shifts. */
const PAGE = 100;
/** After so many, which takes a second or two, it is for who asked to go on. */
const MOST_PAGES = 400;

/** Looks up so many readings of a history; between two shifts of the period wanted it looks at no more than a page. */
export async function lookUp(readings: Pick<ReadingStore, 'history'>, asked: LookUpAsked): Promise<LookedUp> {
  const { most, every, zone, ...query } = asked;
  const isBack = asked.newestFirst === true;
  const isWanted = ({ at }: Reading): boolean => every === undefined || isAt(every, at.ms, zone);
  const found: Reading[] = [];
  let place: Place | undefined = { query };
  for (let pages = 0; place !== undefined; pages++) {
    const page: HistoryPage = await readings.history(place.query, every ? PAGE : most + 1, place.after);
    found.push(...page.readings.filter(isWanted));
    const tooMany = found[most];
    if (tooMany !== undefined) return cutBefore(found.slice(0, most), tooMany.at.ms, isBack);
    const last = page.readings.at(-1)?.at.ms;
    if (pages >= MOST_PAGES && last !== undefined) {
      return { readings: found.filter(({ at }) => at.ms !== last), next: last };
    }
    place = placeAfter(page, place.query, asked);
  }
  return { readings: found };
}

/** Where to go on after a page. What is not at a shift needs no look: it is at the next one. */
function placeAfter({ readings, next }: HistoryPage, query: HistoryQuery, asked: LookUpAsked): Place | undefined {
  const { every, zone, newestFirst: isBack = false } = asked;
  const last = readings.at(-1)?.at.ms;
  if (next === undefined || last === undefined) return undefined;
  if (every === undefined || isAt(every, last, zone)) return { query, after: next };
  const bound = isBack ? { to: shiftBefore(every, last, zone) } : { from: shiftFrom(every, last, zone) };
  return { query: { ...query, ...bound } };
}

/** Leaves out what there is of the time at which it is to go on, unless that is all there is. */
export function cutBefore(found: readonly Reading[], next: number, isBack: boolean): LookedUp {
  const readings = found.filter(({ at }) => at.ms !== next);
  if (readings.length > 0) return { readings, next };
  return { readings: found, next: isBack ? next - 1 : next + 1, isCut: true };
}

function isAt(period: Period, ms: number, zone: TimeZone): boolean {
  return historicalTypes(ms, zone).includes(period);
}
