import { rows } from '../integration/harness/database.js';
import { until } from '../integration/harness/until.js';
import { become, type ModelThing, mayRead, newsOf, owned, type State, same, settled } from './model.js';
import { claimThing, listOf, peerOf, searchAll } from './operations.js';
import type { Peer } from './peer.js';
import type { Random } from './random.js';
import { readHistory, readNow } from './reading.js';
import type { Rig } from './rig.js';

/** How long what is owed may take to come in good weather, in ms. */
const OWED_MS = 40_000;
const HISTORIES = 4;

/**
 * Compares what there is with what everybody was told. Nobody is doing anything meanwhile.
 *
 * @param isEnd whether to look at everything, rather than at a part.
 */
export async function compare(rig: Rig, random: Random, isEnd: boolean): Promise<void> {
  compareStates(rig);
  await compareNotices(rig);
  compareQueue(rig);
  for (const peer of isEnd ? rig.peers : random.some(rig.peers, 3)) await compareView(rig, peer);
  await searchAll(rig, rig.stranger);
  const things = rig.model.things.filter((thing) => thing.candidates[0]?.is === 'owned');
  for (const thing of isEnd ? things : random.some(things, HISTORIES)) await compareReadings(rig, random, thing);
}

interface Row {
  readonly key: number | null;
  readonly tags: string;
  readonly digest: string | null;
  readonly owner: string | null;
  readonly visibility: number | null;
}

/** Of each Thing what is stored is what it should be, or one of what it may be; from then on it is known. */
export function compareStates(rig: Rig): void {
  for (const thing of rig.model.things) {
    const state = stored(rig, thing);
    if (!thing.candidates.some((each) => same(each, state))) {
      const wanted = JSON.stringify(thing.candidates);
      const wrong = settled(thing)?.is === 'none' ? 'happened' : 'lost';
      rig.onWrong(wrong, `${thing.sn} is ${JSON.stringify(state)}, and should be ${wanted}`);
    }
    become(thing, [state]);
  }
}

function stored({ component }: Rig, { jid, nodeId }: ModelThing): State {
  const [row] = rows<Row>(
    component.database,
    `SELECT o.key, t.tags, t.claim_digest AS digest, o.owner, t.visibility
     FROM thing t LEFT JOIN ownership o ON o.key = t.ownership WHERE t.jid = ? AND t.node_id = ?`,
    jid,
    nodeId,
  );
  if (row === undefined) return { is: 'none' };
  if (row.owner === null) return { is: row.digest === null ? 'disowned' : 'free' };
  const shares = rows<{ audience: string }>(
    component.database,
    'SELECT audience FROM share WHERE ownership = ?',
    row.key,
  ).map(({ audience }) => audience);
  return owned(row.owner, row.visibility === 1, shares, /"room \d+"/.exec(row.tags)?.[0].slice(1, -1) ?? '');
}

/** Each device is told of the state of its Things, sooner or later. */
async function compareNotices(rig: Rig): Promise<void> {
  const isToldOf = (thing: ModelThing): boolean => {
    const [state] = thing.candidates;
    if (state === undefined || thing.told === undefined || newsOf(state) === thing.told) return true;
    // To one that is not there it is owed for as long.
    return !rig.devices.has(thing.jid) && isOwed(rig, thing);
  };
  const untold = () => rig.model.things.filter((thing) => !isToldOf(thing));
  try {
    await until(() => untold().length === 0, 'notices', OWED_MS);
  } catch {
    for (const { sn, told, candidates } of untold()) {
      rig.onWrong('lost', `a notice of ${sn}, which is ${JSON.stringify(candidates)} and was told "${told}"`);
    }
  }
}

function isOwed({ component }: Rig, { jid, nodeId }: ModelThing): boolean {
  return rows(component.database, 'SELECT 1 FROM notice WHERE jid = ? AND node_id = ?', jid, nodeId).length > 0;
}

/** What is queued is there until it begins. */
function compareQueue(rig: Rig): void {
  const kept = rows<{ asker: string; seqnr: number }>(
    rig.component.database,
    'SELECT asker, seqnr FROM queued_read_out',
  );
  const names = new Set(kept.map(({ asker, seqnr }) => `${asker} ${seqnr}`));
  for (const { asker, seqnr, due, begun, ended } of rig.model.queued) {
    if (begun || ended || names.has(`${asker} ${seqnr}`)) continue;
    // What begins in a cut connection is lost with it, as is one whose time had come by a clock that jumped.
    if (rig.weather.since(due - BEGINS_MS, 'cuts') !== undefined || rig.clockJumpedSince(due)) continue;
    rig.onWrong('lost', `the request ${seqnr} of ${asker}, due at ${new Date(due).toISOString()}`);
  }
}

const BEGINS_MS = 2_000;

/** So many Things are in one list. */
const PAGE = 100;

/** Who may see a Thing has it in his list, and nobody else. */
async function compareView(rig: Rig, peer: Peer): Promise<void> {
  const listed = await listOf(rig, peer);
  if (listed === undefined || listed.size >= PAGE) return; // there may be more than a page has
  for (const thing of rig.model.things) {
    const [state] = thing.candidates;
    const isSeen = state?.is === 'owned' && (state.isPublic || mayRead(state, peer.bare));
    if (isSeen && !listed.has(thing.sn)) rig.onWrong('lost', `${thing.sn} is not in the list of ${peer.bare}`);
    if (!isSeen && listed.has(thing.sn)) rig.onWrong('seen', `${thing.sn} is in the list of ${peer.bare}`);
  }
}

/** By who may read them; and by somebody who may not. */
async function compareReadings(rig: Rig, random: Random, thing: ModelThing): Promise<void> {
  const [state] = thing.candidates;
  if (state?.is !== 'owned') return;
  await readHistory(rig, peerOf(rig, random.pick([state.owner, ...state.shares])), thing, state);
  await readHistory(rig, random.pick([rig.stranger, ...rig.owners, ...rig.readers]), thing, state);
}

/** What is left at the end: everything that waits is claimed, everything is read, all that was queued has come. */
export async function compareAtEnd(rig: Rig, random: Random): Promise<void> {
  await queueDone(rig);
  for (const thing of rig.model.things.filter(({ candidates: [state] }) => state?.is === 'free')) {
    await claimThing(rig, thing, random.pick(rig.owners), random.chance(0.5));
  }
  await compare(rig, random, true);
  for (const thing of random.some(rig.model.things, HISTORIES)) {
    const [state] = thing.candidates;
    if (state?.is === 'owned' && rig.devices.has(thing.jid)) await readNow(rig, peerOf(rig, state.owner), thing, state);
  }
}

async function queueDone(rig: Rig): Promise<void> {
  const isExcused = ({ due }: { readonly due: number }) =>
    rig.weather.since(due - BEGINS_MS, 'cuts') !== undefined ||
    rig.weather.since(due - BEGINS_MS, 'refuses') !== undefined ||
    rig.clockJumpedSince(due - LONGEST_QUEUE_MS);
  const left = () => rig.model.queued.filter((queued) => !queued.ended && !isExcused(queued));
  try {
    await until(() => left().length === 0, 'queued requests', OWED_MS);
  } catch {
    for (const { asker, seqnr, due, begun } of left()) {
      const how = begun ? 'begun' : 'not begun';
      rig.onWrong('unanswered', `the request ${seqnr} of ${asker}, due at ${new Date(due).toISOString()}, ${how}`);
    }
  }
}

const LONGEST_QUEUE_MS = 10_000;

/** What its log must not have: errors that the fault does not explain. */
export function compareLog({ component, onWrong }: Rig, from: number, says: readonly RegExp[]): void {
  for (const line of component.log.slice(from)) {
    const text = JSON.stringify(line);
    if (line.level >= ERROR && !says.some((pattern) => pattern.test(text))) onWrong('log', text.slice(0, 1_500));
  }
}

const ERROR = 50;

/** The file itself, after the component has stopped in order. */
export function compareFile({ component, onWrong }: Rig): void {
  const [whole] = rows<{ integrity_check: string }>(component.database, 'PRAGMA integrity_check');
  if (whole?.integrity_check !== 'ok') onWrong('other', `the database is damaged: ${whole?.integrity_check}`);
  const orphans = rows(component.database, 'PRAGMA foreign_key_check');
  if (orphans.length > 0) onWrong('other', `rows without what they refer to: ${JSON.stringify(orphans.slice(0, 3))}`);
}
