import { momentText } from '../domain/date-time.js';
import type { BareJid } from '../domain/jid.js';
import type { ClaimedThing, Offer } from '../domain/thing.js';
import type { Context } from './context.js';
import type { Fact } from './outcome.js';
import { periodText } from './period.js';
import { tagLine } from './tag-lines.js';
import { labelOf } from './which-thing.js';

/** What a Thing is called, here and by itself. */
export function identityOf(thing: ClaimedThing, domain: BareJid): readonly Fact[] {
  const { jid, nodeId, sourceId, cacheType } = thing.address;
  const { id, isPublic } = thing.ownership;
  return facts([
    ['thing', 'Id', id],
    ['label', 'Thing', labelOf(thing)],
    ['address', 'Address', `${id}@${domain}`],
    ['jid', 'JID', jid],
    ['nodeId', 'Node', nodeId],
    ['sourceId', 'Source', sourceId],
    ['cacheType', 'Cache type', cacheType],
    ['visibility', 'Visibility', isPublic ? 'public' : 'private'],
  ]);
}

/** All that the asker may know of a Thing which it may see. */
export async function detailsOf(context: Context, thing: ClaimedThing): Promise<readonly Fact[]> {
  const { access, domain } = context.services;
  const { owner } = thing.ownership;
  const may = (right: 'read' | 'manage' | 'administer') => access.may(context.asker, right, thing);
  return [
    ...identityOf(thing, domain),
    ...facts([
      ['owner', 'Owner', owner],
      ['tags', 'Tags', ...thing.tags.map(tagLine)],
    ]),
    ...(may('read') ? await factsForReaders(context, thing) : []),
    ...(may('manage') || may('administer') ? await factsForOwner(context, thing) : []),
  ];
}

async function factsForReaders({ services }: Context, thing: ClaimedThing): Promise<readonly Fact[]> {
  const sessions = await services.store.sessions.of(thing.address.jid);
  return facts([
    ['since', 'Owned since', momentText({ ms: thing.ownership.since })],
    ['zone', 'Time zone', services.zoneOf(thing).name],
    ['online', 'On line', sessions.length > 0 ? 'yes' : 'no'],
  ]);
}

/** Whom else a Thing is for, and what is kept of it, is the owner's business. */
async function factsForOwner({ services }: Context, { ownership }: ClaimedThing): Promise<readonly Fact[]> {
  const { store, retention, clock } = services;
  const { id, sharedWith, offer } = ownership;
  const recording = await store.recordings.of(id);
  const { days, count } = { ...retention, ...(await store.retention.of(id)) };
  return facts([
    ['shared', 'Shared with', ...sharedWith],
    ['offer', 'Offered to', ...(offer && offer.until > clock.now() ? [offerText(offer)] : [])],
    ['period', 'Read every', recording ? periodText(recording.periodMs) : ''],
    ['last', 'Last read', recording?.last ? momentText({ ms: recording.last.at }) : ''],
    ['days', 'Days of readings kept', String(days)],
    ['count', 'Readings of each field kept', String(count)],
  ]);
}

function offerText({ to, withHistory, until }: Offer): string {
  return `${to}, ${withHistory ? 'with' : 'without'} its history, until ${momentText({ ms: until })}`;
}

/** Those that say anything. */
function facts(rows: readonly (readonly [name: string, label: string, ...values: string[]])[]): readonly Fact[] {
  return rows
    .map(([name, label, ...values]) => ({ name, label, values: values.filter((value) => value !== '') }))
    .filter(({ values }) => values.length > 0);
}
