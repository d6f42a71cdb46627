import type { Database } from 'better-sqlite3';
import type { FullJid } from '../../domain/jid.js';
import type { Write } from '../../domain/ports.js';
import { storedTags } from '../../domain/tags.js';
import type { Ownership, Tag, Thing, ThingAddress } from '../../domain/thing.js';
import { appendAudit } from './audit-log.js';
import { friendWrites } from './friend-store.js';
import { joinHistories } from './join-histories.js';
import { noteHeard } from './note-heard.js';
import { noticeWrites } from './notice-store.js';
import type { PublicThings } from './public-things.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { placeOf } from './search/area.js';
import { isSameRow, modelRowOf } from './search/models.js';
import { tagsFromText, tagsToText } from './tag-text.js';
import { AT_ADDRESS, type Quadruple, quadruple } from './thing-rows.js';
import { wordsWrites } from './words-store.js';

/** Does what a change writes; to be called inside a transaction. */
export type ApplyWrites = (writes: readonly Write[]) => void;

/** @param publics is told of what becomes public, or ceases to be. */
export function applyWrites(db: Database, kept: KeptReadings, publics: PublicThings): ApplyWrites {
  const things = thingWrites(db, kept, publics);
  const notices = noticeWrites(db);
  const { join } = joinHistories(db, kept);
  const append = appendAudit(db);
  const apply: { readonly [Kind in Write['write']]: (write: Write & { write: Kind }) => void } = {
    thing: ({ thing, at }) => things.put(thing, at),
    'no-thing': ({ address, at }) => things.forget(address, at),
    heard: ({ address, at }) => things.heard(address, at),
    notice: ({ notice }) => notices.put(notice),
    'no-notice': ({ address }) => notices.forget(address),
    history: ({ joining }) => join(joining),
    audit: ({ entry }) => append(entry),
  };
  const applyOne = <Kind extends Write['write']>(kind: Kind, write: Write & { write: Kind }) => apply[kind](write);
  return (writes) => {
    for (const write of writes) applyOne(write.write, write);
  };
}

interface Searchable {
  readonly tags: string;
  readonly visibility: number | null;
}

interface Before extends Searchable {
  readonly id: number;
  readonly ownership: number | null;
  readonly spoke_from: FullJid | null;
}

function thingWrites(db: Database, kept: KeptReadings, publics: PublicThings) {
  const ownerships = ownershipWrites(db, kept);
  const friends = friendWrites(db);
  const words = wordsWrites(db);
  const hear = noteHeard(db);
  const tags = tagWrites(db);
  const find = db.prepare<Quadruple, Before>(
    `SELECT id, tags, ownership, visibility, spoke_from FROM thing WHERE ${AT_ADDRESS}`,
  );
  const insert = db.prepare(
    `INSERT INTO thing (jid, node_id, source_id, cache_type, tags, claim_digest, ownership, visibility, spoke_from,
                        disowning_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE thing SET tags = ?, claim_digest = ?, ownership = ?, visibility = ?, spoke_from = ?, disowning_until = ?
      WHERE id = ?`,
  );
  const remove = db.prepare<[number]>('DELETE FROM thing WHERE id = ?');
  const heardOf = db.prepare<Quadruple, { readonly key: number; readonly heard: number }>(
    `SELECT key, heard FROM ownership WHERE key = (SELECT ownership FROM thing WHERE ${AT_ADDRESS})`,
  );

  return {
    put(thing: Thing, at: number): void {
      const { address, ownership } = thing;
      const before = find.get(...quadruple(address));
      const entitled = friends.entitledBefore(address.jid, before?.ownership ?? null);
      const state = words.stateBefore(before);
      const kept = storedTags(thing.tags);
      const key = ownership ? ownerships.put(address, ownership) : null;
      const after = columnsOf(thing, tagsToText(kept), key);
      if (before) update.run(...after.values, before.id);
      const id = before?.id ?? Number(insert.run(...quadruple(address), ...after.values).lastInsertRowid);
      if (before && before.ownership !== key) ownerships.end(before.ownership, at);
      tags.replace(id, before, { ...after, kept });
      publics.changed(Number(after.visibility === 1) - Number(before?.visibility === 1));
      if (entitled) friends.changed(entitled, thing, at);
      words.changed(address, state, thing, at);
    },

    forget(address: ThingAddress, at: number): void {
      const before = find.get(...quadruple(address));
      if (!before) return;
      const entitled = friends.entitledBefore(address.jid, before.ownership);
      const state = words.stateBefore(before);
      remove.run(before.id); // its tags go with it
      if (before.visibility === 1) {
        tags.forget(before.id, before.tags);
        publics.changed(-1);
      }
      ownerships.end(before.ownership, at);
      if (entitled) friends.changed(entitled, { address, spokeFrom: before.spoke_from ?? undefined }, at);
      friends.forgotten(address.jid);
      words.changed(address, state, undefined, at);
    },

    heard(address: ThingAddress, at: number): void {
      const known = heardOf.get(...quadruple(address));
      if (known) hear(known.key, known.heard, at);
    },
  };
}

/** The columns of a Thing other than its address, in the order in which the statements take them. */
function columnsOf({ claimDigest, ownership, spokeFrom, disowning }: Thing, tags: string, key: number | null) {
  const visibility = ownership ? Number(ownership.isPublic) : null;
  return {
    tags,
    visibility,
    values: [tags, claimDigest ?? null, key, visibility, spokeFrom ?? null, disowning?.until ?? null],
  };
}

interface OwnershipBefore {
  readonly key: number;
  readonly audiences: string;
}

function ownershipWrites(db: Database, kept: KeptReadings) {
  // One that was ended begins again. Another Thing's or another owner's id is never taken over: that were a bug.
  const put = db.prepare<unknown[], OwnershipBefore>(
    `INSERT INTO ownership (id, jid, node_id, source_id, cache_type, owner, self_owned, since, zone, offered_to,
                            offered_history, offered_until, ended)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
     ON CONFLICT (id) DO UPDATE SET self_owned = excluded.self_owned, since = excluded.since, zone = excluded.zone,
         offered_to = excluded.offered_to, offered_history = excluded.offered_history,
         offered_until = excluded.offered_until, ended = NULL
       WHERE (jid, node_id, source_id, cache_type, owner) =
             (excluded.jid, excluded.node_id, excluded.source_id, excluded.cache_type, excluded.owner)
     RETURNING key, (SELECT json_group_array(audience ORDER BY position) FROM share WHERE share.ownership = key) AS audiences`,
  );
  const end = db.prepare<[number, number]>(
    `UPDATE ownership SET ended = ?, offered_to = NULL, offered_history = NULL, offered_until = NULL, told_silent = 0
      WHERE key = ?`,
  );
  const unshare = db.prepare<[number]>('DELETE FROM share WHERE ownership = ?');
  const unrecord = db.prepare<[number]>('DELETE FROM recording WHERE ownership = ?');
  const share = db.prepare<[number, string, number, string]>(
    'INSERT OR IGNORE INTO share (ownership, audience, position, jid) VALUES (?, ?, ?, ?)',
  );
  return {
    /** @returns its key. */
    put(address: ThingAddress, { id, owner, selfOwned, since, sharedWith, zone, offer }: Ownership): number {
      const offered = offer ? [offer.to, Number(offer.withHistory), offer.until] : [null, null, null];
      const row = put.get(id, ...quadruple(address), owner, Number(selfOwned), since, zone ?? null, ...offered);
      if (!row) throw new Error(`Ownership ${id} is already one of another Thing or owner`);
      if (row.audiences !== JSON.stringify(sharedWith)) {
        unshare.run(row.key);
        for (const [position, audience] of sharedWith.entries()) share.run(row.key, audience, position, address.jid);
      }
      return row.key;
    },
    end(key: number | null, at: number): void {
      if (key === null) return;
      kept.seal(key);
      kept.keysChanged();
      end.run(at, key);
      unshare.run(key);
      unrecord.run(key);
    },
  };
}

/** What search looks at: see the comments on tag_str, place and of_model in the schema. */
function tagWrites(db: Database) {
  const insert = {
    str: db.prepare('INSERT INTO tag_str (thing, name, value) VALUES (?, ?, ?)'),
    num: db.prepare('INSERT INTO tag_num (thing, name, value) VALUES (?, ?, ?)'),
  };
  const remove = {
    str: db.prepare('DELETE FROM tag_str WHERE thing = ? AND name = ?'),
    num: db.prepare('DELETE FROM tag_num WHERE thing = ? AND name = ?'),
  };
  const place = db.prepare<object[]>(
    'INSERT INTO place (thing, lat_min, lat_max, lon_min, lon_max) VALUES (:thing, :lat, :lat, :lon, :lon)',
  );
  const displace = db.prepare<[number]>('DELETE FROM place WHERE thing = ?');
  const enter = db.prepare<object[]>(
    'INSERT INTO of_model (man, model, thing, v, lat, lon) VALUES (:man, :model, :thing, :v, :lat, :lon)',
  );
  const strike = db.prepare<[string, string, number]>('DELETE FROM of_model WHERE man = ? AND model = ? AND thing = ?');

  function move(thing: number, from: readonly Tag[], to: readonly Tag[]): void {
    const [before, after] = [placeOf(from), placeOf(to)];
    if (before?.lat === after?.lat && before?.lon === after?.lon) return;
    if (before !== undefined) displace.run(thing);
    if (after !== undefined) place.run({ thing, ...after });
  }

  function enterAgain(thing: number, from: readonly Tag[], to: readonly Tag[]): void {
    const [before, after] = [modelRowOf(from), modelRowOf(to)];
    if (isSameRow(before, after)) return;
    if (before !== undefined) strike.run(before.man, before.model, thing);
    if (after !== undefined) enter.run({ thing, ...after });
  }

  return {
    /** Brings them up to date, where what search may see of the Thing has changed: a tag that stays costs nothing. */
    replace(thing: number, before: Searchable | undefined, after: Searchable & { kept: readonly Tag[] }): void {
      if (before?.visibility === after.visibility && before.tags === after.tags) return;
      const from = before?.visibility === 1 ? tagsFromText(before.tags) : [];
      const to = after.visibility === 1 ? after.kept : [];
      for (const { kind, name } of withoutThose(from, to)) remove[kind].run(thing, name);
      for (const { kind, name, value } of withoutThose(to, from)) insert[kind].run(thing, name, value);
      move(thing, from, to);
      enterAgain(thing, from, to);
    },
    /** Its tags go with the Thing; what is in tables without references goes here. */
    forget(thing: number, tags: string): void {
      displace.run(thing);
      enterAgain(thing, tagsFromText(tags), []);
    },
  };
}

/** The tags that others do not have as well. */
function withoutThose(tags: readonly Tag[], others: readonly Tag[]): readonly Tag[] {
  const isSame = (a: Tag, b: Tag): boolean => a.name === b.name && a.kind === b.kind && a.value === b.value;
  return tags.filter((tag) => !others.some((other) => isSame(tag, other)));
}
