import { setTimeout as delay } from 'node:timers/promises';
import { count, type ModelThing, mayRead, maySee, type Owned, type State } from './model.js';
import { addressOf } from './operations.js';
import { type Heard, type Peer, READ_OUT_MS } from './peer.js';
import type { Random } from './random.js';
import type { Rig } from './rig.js';
import { req } from './stanzas.js';

/** Asks a Thing now. */
export async function readNow(rig: Rig, reader: Peer, thing: ModelThing, state: State): Promise<void> {
  await read(rig, 'read', reader, thing, state, "momentary='true'");
}

/** Asks for all that is stored, and compares. */
export async function readHistory(rig: Rig, reader: Peer, thing: ModelThing, state: State): Promise<void> {
  const heard = await read(rig, 'read history', reader, thing, state, "historical='true'");
  if (heard === undefined || state.is !== 'owned' || heard.failures.length > 0) return;
  compareHistory(rig, thing, state, heard.values);
}

/** Asks for a read-out in some seconds. */
export async function readLater(
  rig: Rig,
  random: Random,
  reader: Peer,
  thing: ModelThing,
  state: State,
): Promise<void> {
  const due = Date.now() + random.between(500, 6_000);
  const asked = await request(
    rig,
    'queue',
    reader,
    thing,
    state,
    `momentary='true' when='${new Date(due).toISOString()}'`,
  );
  if (asked === undefined) return;
  const queued = { asker: reader.jid, seqnr: asked.seqnr, due, begun: false, ended: false };
  rig.model.queued.push(queued);
  void asked.heard.ended.then((isWhole) => {
    queued.ended = isWhole;
  });
}

interface Asked {
  readonly seqnr: string;
  readonly heard: Heard;
}

/** @returns what it listens to, where it was accepted. */
async function request(
  rig: Rig,
  kind: string,
  reader: Peer,
  thing: ModelThing,
  state: State,
  attributes: string,
): Promise<Asked | undefined> {
  const at = state.is === 'owned' ? await addressOf(rig, thing, state) : undefined;
  if (at === undefined) return undefined;
  const seqnr = reader.number();
  const heard = reader.listen(seqnr);
  const outcome = await reader.ask('get', at, req(seqnr, attributes));
  if (outcome.kind !== 'answer') return undefined;
  const { condition, stanza } = outcome;
  const right = mayRead(state, reader.bare) ? undefined : maySee(state, reader.bare) ? 'forbidden' : 'item-not-found';
  if (condition !== right) {
    const wrong = condition === undefined ? 'happened' : 'other';
    rig.onWrong(wrong, `${kind} of ${thing.sn} (${JSON.stringify(state)}) by ${reader.bare}: ${stanza}`);
  }
  if (condition !== undefined) return undefined;
  count(rig.model.acknowledged, kind);
  return { seqnr, heard };
}

/** @returns what came, where it came to its end. */
async function read(
  rig: Rig,
  kind: string,
  reader: Peer,
  thing: ModelThing,
  state: State,
  attributes: string,
): Promise<Heard | undefined> {
  const since = Date.now();
  const asked = await request(rig, kind, reader, thing, state, attributes);
  if (asked === undefined) return undefined;
  const lost = rig.weather.lost();
  const timer = new AbortController();
  const overdue = delay(READ_OUT_MS, false, { signal: timer.signal }).catch(() => false);
  const isWhole = await Promise.race([asked.heard.ended, overdue, lost.promise.then(() => false)]);
  timer.abort();
  lost.forget();
  if (isWhole) return asked.heard;
  if (rig.weather.since(since, 'cuts') === undefined) {
    rig.onWrong('unanswered', `${kind} of ${thing.sn} by ${reader.bare} has no end after ${Date.now() - since} ms`);
  }
  return undefined;
}

/** All that was acknowledged has to be there, and nothing that was refused, nor anything of another Thing or owner. */
function compareHistory(rig: Rig, thing: ModelThing, { owner }: Owned, values: readonly string[]): void {
  const seen = new Set(values);
  if (seen.size !== values.length) rig.onWrong('other', `${thing.sn}: a reading came twice`);
  for (const value of seen) {
    const minted = rig.model.minted.get(value);
    if (minted?.thing === thing && minted.owner === owner && minted.fate !== 'refused') continue;
    rig.onWrong(
      'happened',
      `${thing.sn} of ${owner} has ${value}, which is ${minted?.fate} of ${minted?.thing.sn} of ${minted?.owner}`,
    );
  }
  const missing = [...rig.model.minted].filter(
    ([value, minted]) => minted.thing === thing && minted.owner === owner && minted.fate === 'kept' && !seen.has(value),
  );
  if (rig.damaged) rig.missing += missing.length;
  else if (missing.length > 0) {
    rig.onWrong(
      'lost',
      `${thing.sn} of ${owner}: ${missing.length} readings, ${missing.slice(0, 5).map(([value]) => value)}`,
    );
  }
}
