import type { Database, Statement } from 'better-sqlite3';
import type { AuditCursor, AuditPage, AuditQuery, SeenEntry } from '../../domain/audit.js';
import { bareOf } from '../../domain/jid.js';
import type { OwnershipId } from '../../domain/thing.js';

interface Row extends Omit<SeenEntry, 'ownership'> {
  readonly id: number;
  readonly ownership: OwnershipId | null;
}

/** One way in which entries come to be seen: where they are found, and by which index that is in order of time. */
interface Way {
  readonly from: string;
  readonly where: string;
  readonly index: string;
}

/** What narrows the entries, the narrowest first: by its index they are walked. */
const NARROWING = [
  ['ownership', 'audit_ownership', 'a.ownership = :ownership'],
  ['actor', 'audit_account', 'a.account = :account'],
  ['action', 'audit_action', 'a.action = :action'],
] as const;

const BY_TIME = 'audit_at';
const OWN_ACTIONS: Way = { from: '', where: 'a.account = :viewer', index: 'audit_account' };
const ABOUT_OWN: Way = {
  from: '',
  where: `a.owner = :viewer AND EXISTS (
    SELECT 1 FROM ownership WHERE id = a.ownership AND (ended IS NULL OR ended > :keptSince))`,
  index: 'audit_owner',
};

/** Refusals of what others asked of ownerships, by the names that `subject` gives; each kind of these has an index of its own. */
const refusalsAbout = (owned: string, subject: string): Way => ({
  from: `(SELECT id, jid, node_id, source_id, cache_type, since, ended FROM ownership WHERE ${owned}) o CROSS JOIN`,
  where: `a.refusal = 1 AND ${subject}`,
  index: 'audit_refused',
});
/** An id is never anybody else's, and is the same one when its owner claims again: that overwrites when it began. */
const BY_ITS_ID = "a.subject IN (o.id, o.id || '@' || :domain)";
/** The address of a Thing was that of others' before, or will be. */
const BY_ITS_ADDRESS = `a.at > o.since AND (o.ended IS NULL OR a.at < o.ended)
  AND a.subject = trim(concat_ws(' ', o.jid, o.node_id, o.source_id, o.cache_type))`;
const PRESENT = 'ended IS NULL';
const FORMER = 'ended > :keptSince';
const BY_OWNER = 'owner = :viewer';
const BY_ID = 'id = :ownership';

/** Reads the audit trail page by page: see AuditLog.read and AuditQuery.viewer in domain/audit.ts. */
export function readAudit(
  db: Database,
  keptSince: () => number,
): (query: AuditQuery, limit: number, after?: AuditCursor) => AuditPage {
  const prepared = new Map<string, Statement<[object], Row>>();
  // There are as many different statements as combinations of filters: a few hundred at the very most.
  const prepare = (sql: string): Statement<[object], Row> => {
    const known = prepared.get(sql) ?? db.prepare<[object], Row>(sql);
    prepared.set(sql, known);
    return known;
  };

  return (query, limit, after) => {
    const { actor = null, viewer = null, from = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
    const rows = prepare(sqlFor(query)).all({
      domain: query.domain,
      viewer,
      actor,
      account: actor && bareOf(actor),
      action: query.action ?? null,
      ownership: query.ownership ?? null,
      from,
      until: Math.min(until, after?.at ?? until),
      afterAt: after?.at ?? Number.MAX_SAFE_INTEGER,
      afterId: after?.id ?? Number.MAX_SAFE_INTEGER,
      keptSince: keptSince(),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { entries: page.map(entryOf), ...(last && { next: { at: last.at, id: last.id } }) };
  };
}

function sqlFor(query: AuditQuery): string {
  const ids = waysFor(query).map((way) => `SELECT id, at FROM (${idsBy(way, query)})`);
  const ownership = query.viewer === undefined ? 'ownership' : 'CASE owner WHEN :viewer THEN ownership END';
  return `SELECT id, at, actor, action, subject, outcome, ${ownership} AS ownership FROM audit
           WHERE id IN (SELECT id FROM (${ids.join(' UNION ')}) ORDER BY at DESC, id DESC LIMIT :limit)
           ORDER BY at DESC, id DESC`;
}

function waysFor({ viewer, ownership }: AuditQuery): readonly Way[] {
  if (viewer === undefined && ownership === undefined) return [{ from: '', where: 'TRUE', index: BY_TIME }];
  const whose = [...(viewer === undefined ? [] : [BY_OWNER]), ...(ownership === undefined ? [] : [BY_ID])].join(
    ' AND ',
  );
  const refusals = [PRESENT, FORMER].flatMap((when) =>
    [BY_ITS_ID, BY_ITS_ADDRESS].map((subject) => refusalsAbout(`${whose} AND ${when}`, subject)),
  );
  if (viewer === undefined) return [{ from: '', where: 'TRUE', index: 'audit_ownership' }, ...refusals];
  // What he did is about an ownership that was his, or he is not to learn about which it is.
  return [...(ownership === undefined ? [OWN_ACTIONS] : []), ABOUT_OWN, ...refusals];
}

/** The ids of one page by one way, walked in order of time as far as the page goes. */
function idsBy({ from, where, index }: Way, query: AuditQuery): string {
  const isRefusals = from !== '';
  const narrowing = NARROWING.filter(([name]) => query[name] !== undefined && !(isRefusals && name === 'ownership'));
  // There are few actions, and each is done by many.
  const narrowest = narrowing.find(([name]) => name !== 'action' || index === BY_TIME)?.[1];
  const walked = isRefusals ? index : (narrowest ?? index);
  const conditions = [
    where,
    ...narrowing.map(([, , condition]) => condition),
    // A full JID is one session of its account.
    ...(query.actor?.includes('/') ? ['a.actor = :actor'] : []),
    'a.at BETWEEN :from AND :until',
    '(a.at < :afterAt OR a.id < :afterId)',
  ];
  return `SELECT a.id, a.at FROM ${from} audit a INDEXED BY ${walked}
           WHERE ${conditions.join(' AND ')} ORDER BY a.at DESC, a.id DESC LIMIT :limit`;
}

function entryOf({ id: _, ownership, ...entry }: Row): SeenEntry {
  return { ...entry, ...(ownership !== null && { ownership }) };
}
