import { beforeEach, describe, expect, it } from 'vitest';
import { createAnnouncer } from '../../src/domain/announcer.js';
import type { BareJid } from '../../src/domain/jid.js';
import type { AuditEntry } from '../../src/domain/ports.js';
import { encodeAnnouncement } from '../../src/xep/announcement.js';
import { serialize } from '../../src/xmpp/element.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';

let stage: Stage;
const audit: AuditEntry[] = [];
beforeEach(() => {
  stage = createStage();
  audit.length = 0;
  const { append } = stage.store.audit;
  stage.store.audit.append = (entry) => {
    audit.push(entry);
    return append(entry);
  };
});

/** Fills in the form. @returns the next stage: the question, or the form again. */
async function ask(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('announce', { from: ADMIN });
  return stage.go('announce', { from: ADMIN, sessionid, values });
}

async function announce(values: NonNullable<Step['values']>) {
  const { sessionid } = await ask(values);
  return stage.go('announce', { from: ADMIN, sessionid, action: 'complete' });
}

const subscribe = (jid: string, local = '') =>
  stage.store.contacts.change(bare(jid), local, (before) => ({ ...before, theirs: true }));

describe('the operation announce', () => {
  it('asks first, with how many it is for, and then tells who is subscribed to the component', async () => {
    await subscribe('a@example.org');
    await subscribe('b@example.org');
    // To the address of a Thing: not to the component.
    await subscribe('c@example.org', 'k3v7q2xn4a');
    const asked = await ask({ text: ['Down tonight.', '', 'Sorry.'], to: 'subscribers' });
    expect(notesOf(asked)).toEqual([
      'warn: This message is to be sent to 2 JIDs that are subscribed; those see it that are on line. Send it?',
    ]);
    expect(stage.announced).toEqual([]);
    const end = await stage.go('announce', { from: ADMIN, sessionid: asked.sessionid, action: 'complete' });
    expect(notesOf(end)).toEqual([
      'info: The message was sent to 2 JIDs that are subscribed; those see it that are on line.',
    ]);
    expect(stage.announced).toEqual(['a@example.org: Down tonight.\nSorry.', 'b@example.org: Down tonight.\nSorry.']);
    expect(audit.map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
      [ADMIN, 'announce', 'to subscribers: Down tonight. / Sorry.'],
      [ADMIN, 'announce', 'sent to 2 subscribers'],
    ]);
  });

  it('tells each owner once, and no Thing that is its own', async () => {
    await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' });
    await stage.place({ jid: 'lamp@example.org', owner: 'owner@example.org' });
    await stage.place({ jid: 'meter@example.org', owner: 'a@example.org' });
    await stage.place({ jid: 'self@example.org', owner: 'self@example.org', selfOwned: true });
    await stage.place({ jid: 'free@example.org' });
    expect(notesOf(await announce({ text: 'Hello.', to: 'owners' }))).toEqual([
      'info: The message was sent to 2 owners of Things.',
    ]);
    expect(stage.announced).toEqual(['a@example.org: Hello.', 'owner@example.org: Hello.']);
  });

  it('tells nobody where it is cancelled at the question', async () => {
    await subscribe('a@example.org');
    const { sessionid } = await ask({ text: 'Hello.', to: 'subscribers' });
    await stage.go('announce', { from: ADMIN, sessionid, action: 'cancel' });
    expect([stage.announced, audit]).toEqual([[], []]);
  });

  it.each([
    [{ text: '' }, 'text: This has to be given.'],
    [{ text: ['😀'.repeat(500), 'x'.repeat(500)] }, 'text: It has 1001 characters; it may have at most 1000.'],
    [{ text: 'Hello.', to: 'everyone' }, 'to: "everyone" is none of subscribers, owners.'],
  ])('refuses what cannot be sent (%#)', async (values, fault) => {
    const back = await ask(values);
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', `error: ${fault}`]);
    expect([stage.announced, audit]).toEqual([[], []]);
  });

  it('takes a thousand characters, of whatever width', async () => {
    expect(notesOf(await ask({ text: '😀'.repeat(1000) }))[0]).toMatch(/^warn: /);
  });

  it('answers before all are told, where that takes long', async () => {
    for (let n = 0; n < 60; n++) await subscribe(`user${n}@example.org`);
    const answered = announce({ text: 'One.' });
    await until(() => stage.announced.length === 50 && stage.alarms.length === 2);
    stage.alarms.find(({ at }) => at === stage.now + 4000)?.run();
    expect(notesOf(await answered)).toEqual([
      'info: The message is being sent, a few at a time. The audit trail tells when it is done.',
    ]);
    expect(stage.announced).toHaveLength(50);
    stage.alarms.find(({ at }) => at === stage.now + 100)?.run();
    await until(() => audit.some(({ outcome }) => outcome === 'sent to 60 subscribers'));
    expect(new Set(stage.announced).size).toBe(60);
  });

  it('refuses a second meanwhile', async () => {
    for (let n = 0; n < 60; n++) await subscribe(`user${n}@example.org`);
    const first = stage.services.announcer.announce({ to: 'subscribers', text: 'One.' });
    await until(() => stage.alarms.length === 1);
    expect(notesOf(await announce({ text: 'Two.' }))).toEqual([
      'error: Another announcement is still being sent; wait until that is done.',
    ]);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['to subscribers: Two.', 'refused: another is being sent']);
    stage.alarms[0]?.run();
    expect(await first).toEqual({ sent: 60, isComplete: true });
    expect(stage.announced.every((told) => told.endsWith(': One.'))).toBe(true);
  });

  it.each(['subscribers', 'owners'])('is not for those of the %s who are blocked', async (to) => {
    for (const who of ['anna@example.org', 'bert@example.org']) {
      await subscribe(who);
      await stage.place({ jid: `of-${who}`, owner: who });
    }
    const block = {
      subject: bare('bert@example.org'),
      actor: bare('admin@example.org'),
      at: stage.now,
      reason: 'spam',
    };
    const entry = { at: stage.now, actor: block.actor, action: 'block', subject: block.subject, outcome: 'done' };
    await stage.blocks.put(block, entry);
    expect(notesOf(await ask({ text: 'Hello.', to }))[0]).toContain('to 1 ');
    await announce({ text: 'Hello.', to });
    expect(stage.announced).toEqual(['anna@example.org: Hello.']);
  });

  it('is for administrators', async () => {
    expect(await stage.play('announce')).toMatchObject({ condition: 'forbidden' });
  });
});

describe('an announcer', () => {
  it('asks for owners page by page, rests between turns, and tells where the connection is lost', async () => {
    const owners = Array.from({ length: 2500 }, (_, n) => bare(`o${String(n).padStart(4, '0')}@example.org`));
    let rests = 0;
    let left = 2200;
    const announcer = createAnnouncer({
      contacts: { subscribersOf: async () => [] },
      things: { owners: async (after, limit) => owners.filter((owner) => owner > after).slice(0, limit) },
      access: { mayUse: () => true },
      tell: () => left-- > 0,
      drained: async () => undefined,
      timers: {
        after(ms, run) {
          rests += ms === 100 ? 1 : 0;
          queueMicrotask(run);
          return () => undefined;
        },
      },
    });
    expect(await announcer.count('owners')).toBe(2500);
    expect(await announcer.announce({ to: 'owners', text: 'x' })).toEqual({ sent: 2200, isComplete: false });
    expect(rests).toBe(44);
    left = 5000;
    expect(await announcer.announce({ to: 'owners', text: 'x' })).toEqual({ sent: 2500, isComplete: true });
  });
});

describe('an announcement as a message', () => {
  const to = 'a@example.org' as BareJid;
  it.each([
    ['subscribers', 'headline'],
    ['owners', 'chat'],
  ] as const)('to %s is of type %s', (whom, type) => {
    expect(serialize(encodeAnnouncement(DOMAIN, 'The place', to, { to: whom, text: 'a < b' }))).toBe(
      `<message type="${type}" from="${DOMAIN}" to="${to}"><subject>The place</subject><body>a &lt; b</body></message>`,
    );
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}
