import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, runCommand } from '../../src/client/index.js';
import { type Audience, isClaimed, type Ownership, type OwnershipId } from '../../src/domain/thing.js';
import { OPERATIONS } from '../../src/operations/index.js';
import type { Operation } from '../../src/operations/operation.js';
import { childElements } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { createStage, notesOf, type Played, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

/**
 * What one is to the Thing that all this is about, by JID. It is private, and shared with `reader` by JID, or, where it is
 * about the other readers, with their domain or everyone (see SHARED_WITH); it was
 * `former`'s before it was `owner`'s, who offers it to `invited`. The outsider's domain may not use the component.
 */
const ROLES = {
  stranger: 'stranger@example.org/r',
  reader: 'reader@example.org/r',
  'reader by domain': 'dora@example.org/r',
  'reader by everyone': 'eva@example.org/r',
  owner: 'owner@example.org/r',
  former: 'former@example.org/r',
  invited: 'invited@example.org/r',
  administrator: 'admin@example.org/r',
  device: 'boiler@example.org/r',
  outsider: 'outsider@elsewhere.example/r',
} as const;
type Role = keyof typeof ROLES;
const ROLE_NAMES = Object.keys(ROLES) as Role[];

/** With whom the Thing is shared where it is about that role; where that is not here, with `reader`. */
const SHARED_WITH: Partial<Readonly<Record<Role, Audience>>> = {
  'reader by domain': '@example.org',
  'reader by everyone': '*',
};

const BY_SHARE: readonly Role[] = ['reader', 'reader by domain', 'reader by everyone'];
const USERS: readonly Role[] = ['stranger', ...BY_SHARE, 'owner', 'former', 'invited', 'administrator', 'device'];
const READERS: readonly Role[] = [...BY_SHARE, 'owner', 'administrator'];
const OWNER: readonly Role[] = ['owner'];
const INVITED: readonly Role[] = ['invited'];
const ADMINISTRATORS: readonly Role[] = ['administrator'];

/** THE ACCESS TABLE, written by hand: on what an operation is, and who may. An operation without a line fails. */
const TABLE: Readonly<Record<string, readonly ['component' | 'thing', readonly Role[]]>> = {
  'my-things': ['component', USERS],
  claim: ['component', USERS],
  search: ['component', USERS],
  requests: ['component', USERS],
  notify: ['component', USERS],
  'erase-former': ['component', USERS],
  audit: ['component', USERS],
  export: ['component', USERS],
  read: ['thing', READERS],
  history: ['thing', READERS],
  record: ['thing', OWNER],
  backfill: ['thing', OWNER],
  share: ['thing', OWNER],
  unshare: ['thing', OWNER],
  visibility: ['thing', OWNER],
  update: ['thing', OWNER],
  disown: ['thing', OWNER],
  remove: ['thing', OWNER],
  replace: ['thing', OWNER],
  erase: ['thing', OWNER],
  transfer: ['thing', OWNER],
  accept: ['thing', INVITED],
  decline: ['thing', INVITED],
  retention: ['thing', ADMINISTRATORS],
  release: ['thing', ADMINISTRATORS],
  move: ['thing', ADMINISTRATORS],
  delete: ['thing', ADMINISTRATORS],
  'delete-unclaimed': ['component', ADMINISTRATORS],
  things: ['component', ADMINISTRATORS],
  devices: ['component', ADMINISTRATORS],
  statistics: ['component', ADMINISTRATORS],
  limits: ['component', ADMINISTRATORS],
  block: ['component', ADMINISTRATORS],
  unblock: ['component', ADMINISTRATORS],
  purge: ['component', ADMINISTRATORS],
  announce: ['component', ADMINISTRATORS],
  'log-level': ['component', ADMINISTRATORS],
  reload: ['component', ADMINISTRATORS],
  backup: ['component', ADMINISTRATORS],
  import: ['component', ADMINISTRATORS],
};

/** Who of these sees that the Thing exists. */
const SEES: readonly Role[] = [...BY_SHARE, 'owner', 'invited', 'administrator'];

/** What would do something, if it were let through: a value for each field that has to have one. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  with: ['*'],
  public: ['true'],
  period: ['60s'],
  name: ['Taken over'],
  to: ['stranger@example.org'],
  history: ['false'],
  reason: ['because'],
  days: ['1'],
  on: ['true'],
  level: ['silent'],
  text: ['Hello'],
  jid: ['owner@example.org'],
  who: ['owner@example.org'],
};

const DAY = 24 * 60 * 60 * 1000;
const NOT_THE_ID = 'aaaaaaaaaa';

let folder: string;
let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roles-'));
  stage = createStage(OPERATIONS, { file: join(folder, 'roles.db') });
  await own('formerly01', 'former@example.org', {});
  id = await own('presently1', 'owner@example.org', {
    sharedWith: [bare('reader@example.org')],
    offer: { to: bare('invited@example.org'), withHistory: false, until: stage.now + DAY },
  });
});
afterEach(async () => {
  await stage.store.close();
  rmSync(folder, { recursive: true });
});

describe('the access table', () => {
  it('has a line for each operation, and no other', () => {
    const named = OPERATIONS.map(({ name, on }) => [name, on]);
    expect(named.filter(([name = '', on]) => TABLE[name]?.[0] !== on)).toEqual([]);
    expect(Object.keys(TABLE).filter((name) => !OPERATIONS.some((each) => each.name === name))).toEqual([]);
  });
});

describe.each(ROLE_NAMES)('what the %s may not do', (role) => {
  const from = ROLES[role];
  beforeEach(() => shareFor(role));

  it.each([
    ['with nothing else', false],
    ['with a Thing of their own', true],
  ])('is forbidden by every face, and does nothing: %s', async (_words, isOwner) => {
    if (isOwner) await ownAnother(from);
    for (const operation of OPERATIONS) {
      if (mayRun(operation, role)) continue;
      const before = dump();
      await expectForbiddenAtDomain(operation, role, isOwner);
      await expectForbiddenAtThing(operation, role);
      await expectForbiddenOnCommandLine(operation, role);
      const after = dump();
      expect(after.rest, operation.name).toEqual(before.rest);
      expect(after.audit.slice(0, before.audit.length)).toEqual(before.audit);
      for (const entry of after.audit.slice(before.audit.length)) {
        expect(entry, operation.name).toMatchObject({
          actor: from,
          outcome: expect.stringMatching(/^(forbidden|item-not-found)$/),
        });
      }
      expect([stage.collected, stage.changes, stage.woken, stage.told, stage.announced, stage.forgotten]).toEqual([
        [],
        0,
        [],
        [],
        [],
        [],
      ]);
    }
  });

  it('is not among what is listed; all that is allowed is', async () => {
    const allowed = OPERATIONS.filter((operation) => mayRun(operation, role));
    expect(await listed(role, DOMAIN)).toEqual(role === 'outsider' ? 'forbidden' : namesOf(allowed));
    const onThing = allowed.filter(({ on }) => on === 'thing');
    expect(await listed(role, `${id}@${DOMAIN}`)).toEqual(unseen(role) ?? namesOf(onThing));
  });
});

const ALLOWED = ROLE_NAMES.flatMap((role) =>
  OPERATIONS.filter((each) => mayRun(each, role)).map((each) => [role, each.name, each] as const),
);

describe.each(ALLOWED)('what the %s may do: %s', (role, _name, operation) => {
  const from = ROLES[role];
  beforeEach(() => shareFor(role));

  it('is begun at the domain, and answers discovery', async () => {
    expect(await info(operation, from, DOMAIN)).toContain('command-node');
    const begun = await choosing(operation, from, id);
    expect(begun).not.toHaveProperty('condition');
    expect(notesOf(begun).join()).not.toContain(NO_SUCH_THING);
  });
});

describe.each(ALLOWED.filter(([, , { on }]) => on === 'thing'))('what the %s may do: %s', (role, name, operation) => {
  beforeEach(() => shareFor(role));

  it('is begun at the address of the Thing, and answers discovery', async () => {
    const there = { from: ROLES[role], to: `${id}@${DOMAIN}` };
    expect(await info(operation, there.from, there.to)).toContain('command-node');
    expect(await stage.play(name, there)).not.toHaveProperty('condition');
  });
});

describe.each(ROLE_NAMES.filter((role) => !SEES.includes(role)))('what everyone may do', (role) => {
  it(`shows the ${role} nothing of the Thing, also where it is named`, async () => {
    for (const { name } of OPERATIONS.filter((each) => TABLE[each.name]?.[1] === USERS)) {
      for (const all of ['true', 'false']) {
        const values = { thing: [id], all: [all], on: ['false'], public: ['false'], tags: ['SN:1'] };
        const shown = JSON.stringify(await runCommand(clientOf(role), DOMAIN, `thingstead:${name}`, { values }));
        for (const who of ['owner', 'reader', 'invited']) expect(shown, name).not.toContain(`${who}@example.org`);
      }
    }
  });
});

const NO_SUCH_THING = 'There is no such Thing on which you may do this.';

function mayRun({ name }: Operation, role: Role): boolean {
  return TABLE[name]?.[1].includes(role) === true;
}

/** At the domain: refused at once, or, where one has a Thing to do it with, as though this one were not there. */
async function expectForbiddenAtDomain(operation: Operation, role: Role, isOwner: boolean): Promise<void> {
  const from = ROLES[role];
  const played = await choosing(operation, from, id);
  const mayOnOwn =
    isOwner && operation.on === 'thing' && TABLE[operation.name]?.[1].includes('owner') && role !== 'outsider';
  if (mayOnOwn === true) {
    expect(notesOf(played), operation.name).toEqual([`error: thing: ${NO_SUCH_THING}`]);
    expect(withoutNames(played)).toEqual(withoutNames(await choosing(operation, from, NOT_THE_ID)));
  } else {
    expect([operation.name, played]).toEqual([operation.name, { condition: 'forbidden', type: expect.any(String) }]);
    expect(await info(operation, from, DOMAIN), operation.name).toBe('forbidden');
    const names = await listed(role, DOMAIN);
    if (names !== 'forbidden') expect(names).not.toContain(operation.name);
  }
}

/** At the Thing's address: what one may not see does not exist, and of what is not about one Thing there is nothing. */
async function expectForbiddenAtThing(operation: Operation, role: Role): Promise<void> {
  const { name, on } = operation;
  const from = ROLES[role];
  const to = `${id}@${DOMAIN}`;
  const condition = unseen(role) ?? (on === 'thing' ? 'forbidden' : 'item-not-found');
  for (const action of ['execute', 'complete'] as const) {
    const played = await stage.play(name, { from, to, action, values: flat(VALUES) });
    expect([name, played]).toEqual([name, { condition, type: expect.any(String) }]);
    if (unseen(role) !== undefined) {
      const nowhere = await stage.play(name, { from, to: `${NOT_THE_ID}@${DOMAIN}`, action, values: flat(VALUES) });
      expect(played).toEqual(nowhere);
    }
  }
  // Whoever reaches us may ask for this: of what he does not see, there is nothing.
  const asked = role === 'outsider' ? 'item-not-found' : condition;
  expect([name, await info(operation, from, to)]).toEqual([name, asked]);
}

/** What `thingstead <operation>` does with its options, over the account of that role. */
async function expectForbiddenOnCommandLine({ name }: Operation, role: Role): Promise<void> {
  for (const to of [DOMAIN, `${id}@${DOMAIN}`]) {
    const values = { ...VALUES, thing: [id] };
    const outcome = await runCommand(clientOf(role), to, `thingstead:${name}`, { values, confirm: true });
    expect(['refused', 'faulty'], `${name} at ${to}`).toContain(outcome.kind);
    if (outcome.kind === 'faulty') expect(outcome.faults).toEqual([`thing: ${NO_SUCH_THING}`]);
  }
}

function clientOf(role: Role): Pick<Client, 'ask'> {
  return {
    async ask(type, to, payload) {
      const stanza = await stage.send(payload, { from: ROLES[role], to }, type);
      if (stanza.attrs['type'] === 'error') return { kind: 'error', error: decodeError(stanza), stanza };
      return { kind: 'result', payload: childElements(stanza)[0] };
    },
  };
}

/** Begins an operation at the domain and, where it asks for a Thing, names one; leaves no session behind. */
async function choosing({ name, on }: Operation, from: string, thing: string): Promise<Played> {
  const first = await stage.play(name, { from });
  if (on === 'component' || 'condition' in first) return first;
  const { sessionid } = first;
  const second = await stage.play(name, { from, sessionid, values: { thing } });
  if (!('condition' in second) && second.status === 'executing')
    await stage.play(name, { from, sessionid, action: 'cancel' });
  return second;
}

/** What the Thing's address answers those who do not see it, as any other does that is nothing. */
function unseen(role: Role): string | undefined {
  if (role === 'outsider') return 'forbidden';
  return SEES.includes(role) ? undefined : 'item-not-found';
}

async function info({ name }: Operation, from: string, to: string): Promise<string> {
  return JSON.stringify(await stage.disco('info', `thingstead:${name}`, { from, to })).replace(/^"|"$/g, '');
}

async function listed(role: Role, to: string): Promise<string | readonly string[]> {
  const items = await stage.disco('items', 'http://jabber.org/protocol/commands', { from: ROLES[role], to });
  return typeof items === 'string'
    ? items
    : namesOf(items.map((item) => ({ name: String(Object(item).node).slice('thingstead:'.length) })));
}

function namesOf(operations: readonly { readonly name: string }[]): readonly string[] {
  return operations.map(({ name }) => name).sort();
}

/** What differs from one time to the next, whatever was asked. */
function withoutNames(played: Played): unknown {
  return 'condition' in played ? played : { ...played, sessionid: '' };
}

function flat(values: typeof VALUES): Record<string, readonly string[]> {
  return { ...values, thing: [id] };
}

/** Gives the Thing that all this is about to somebody. */
async function own(name: string, owner: string, more: Partial<Ownership>): Promise<OwnershipId> {
  const ownership: Ownership = {
    id: name as OwnershipId,
    owner: bare(owner),
    isPublic: false,
    selfOwned: false,
    since: stage.now - DAY,
    sharedWith: [],
    ...more,
  };
  const address = { jid: bare('boiler@example.org'), nodeId: '', sourceId: '', cacheType: '' };
  const thing = { address, tags: [], ownership };
  // By the clock of the store, which would purge what ended long ago.
  await stage.store.things.changeAt(address, () => ({
    outcome: undefined,
    writes: [{ write: 'thing', thing, at: Date.now() }],
  }));
  return ownership.id;
}

async function shareFor(role: Role): Promise<void> {
  const audience = SHARED_WITH[role];
  const thing = await stage.store.things.byOwnership(id);
  if (audience === undefined || !isClaimed(thing)) return;
  const shared = { ...thing, ownership: { ...thing.ownership, sharedWith: [audience] } };
  await stage.store.things.changeAt(thing.address, () => ({
    outcome: undefined,
    writes: [{ write: 'thing', thing: shared, at: Date.now() }],
  }));
}

async function ownAnother(from: string): Promise<void> {
  const owner = from.slice(0, from.indexOf('/'));
  await stage.place({ jid: 'other@example.org', owner });
}

/** All that the database holds; entries of the audit trail, which refusals are written to, apart. */
function dump(): { readonly rest: unknown; readonly audit: readonly unknown[] } {
  const db = new Sqlite(join(folder, 'roles.db'), { readonly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    const rowsOf = (table: unknown) => db.prepare(`SELECT * FROM "${table}"`).all();
    const rest = tables.filter((table) => table !== 'audit').map((table) => [table, rowsOf(table)]);
    return { rest, audit: rowsOf('audit') };
  } finally {
    db.close();
  }
}
