import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/ports.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { optional, text } from '../../../src/operations/field.js';
import { operation, operationOnThing } from '../../../src/operations/operation.js';
import { done, refused } from '../../../src/operations/outcome.js';
import { bare, DOMAIN } from '../bench.js';
import { createStage, formOf, notesOf, OWNER, type Stage } from './stage.js';

const COMMANDS = 'http://jabber.org/protocol/commands';
const any = (about: string) => text({ label: about, description: about }, (value) => ({ ok: true, value }));

/** Operations of every kind; what they did is noted. */
const ran: string[] = [];
const note = operation({
  name: 'note',
  label: 'Take a note',
  about: 'Notes something.',
  may: 'anyone',
  fields: { what: any('What'), why: optional(any('Why')) },
  run: async ({ what, why }, { asker }) => {
    ran.push(`${asker.jid} ${what} ${why}`);
    return what === 'nonsense' ? refused('That is nonsense.') : done('Noted.');
  },
});
const erase = operationOnThing({
  name: 'erase',
  label: 'Erase',
  about: 'Erases something of a Thing.',
  may: { thing: 'manage' },
  fields: { what: any('What') },
  question: ({ what }, { thing }) => `Erase ${what} of ${thing.address.jid} for ever?`,
  run: async ({ what }, { thing }) => {
    ran.push(`erased ${what} of ${thing.ownership.id}`);
    return done('Erased.', { warning: 'It is gone.' });
  },
});
const drop = operationOnThing({
  name: 'drop',
  label: 'Drop',
  about: 'Drops a Thing.',
  may: { thing: 'manage' },
  fields: {},
  question: () => 'Drop it?',
  run: async (_input, { thing }) => {
    ran.push(`dropped ${thing.ownership.id}`);
    return done('Dropped.');
  },
});
const look = operationOnThing({
  name: 'look',
  label: 'Look',
  about: 'Looks at a Thing.',
  may: { thing: 'read' },
  fields: {},
  run: async (_input, { thing }) => done(`This is ${thing.address.jid}.`),
});
const audit = operation({
  name: 'audit',
  label: 'Audit',
  about: 'For administrators.',
  may: 'administrator',
  fields: {},
  run: async () => done('All is well.'),
});

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  ran.length = 0;
  stage = createStage([note, erase, drop, look, audit]);
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
});

const nodesOf = (items: unknown) =>
  Array.isArray(items) ? items.map(({ node }) => String(node).replace('thingstead:', '')) : items;

describe('commands are listed', () => {
  it('by what the asker may run, and where', async () => {
    const share = { jid: 'meter@example.org', owner: 'cy@example.org', sharedWith: [bare('reader@example.org')] };
    const shared = await stage.place(share);
    const at = (from: string, to?: string) => stage.disco('items', COMMANDS, { from, ...(to && { to }) }).then(nodesOf);
    expect(await at(OWNER)).toEqual(['note', 'erase', 'drop', 'look']);
    expect(await at('reader@example.org/r')).toEqual(['note', 'look']);
    expect(await at('stranger@example.org/r')).toEqual(['note']);
    expect(await at('admin@example.org/r')).toEqual(['note', 'look', 'audit']);
    expect(await at(OWNER, `${id}@${DOMAIN}`)).toEqual(['erase', 'drop', 'look']);
    expect(await at('reader@example.org/r', `${shared}@${DOMAIN}`)).toEqual(['look']);
    expect(await at('admin@example.org/r', `${shared}@${DOMAIN}`)).toEqual(['look']);
    expect(await at('stranger@example.org/r', `${id}@${DOMAIN}`)).toBe('item-not-found');
    expect(await at('mallory@elsewhere.example/r')).toBe('forbidden');
  });

  it('with their addresses and labels, and described', async () => {
    const self = `${id}@${DOMAIN}`;
    expect(await stage.disco('items', COMMANDS, { to: `${self}/any` })).toContainEqual({
      element: 'item',
      jid: self,
      node: 'thingstead:look',
      name: 'Look',
    });
    expect(await stage.disco('info', COMMANDS)).toEqual([
      { element: 'identity', category: 'automation', type: 'command-list', name: 'Commands' },
      { element: 'feature', var: COMMANDS },
    ]);
    expect(await stage.disco('info', 'thingstead:erase')).toEqual([
      { element: 'identity', category: 'automation', type: 'command-node', name: 'Erase' },
      { element: 'feature', var: COMMANDS },
      { element: 'feature', var: 'jabber:x:data' },
    ]);
    for (const to of [DOMAIN, self]) {
      const features = await stage.disco('info', '', { to });
      expect(features).toContainEqual({ element: 'feature', var: COMMANDS });
    }
  });

  it('to nobody who may not run them, nor where they are not', async () => {
    expect(await stage.disco('info', 'thingstead:audit')).toBe('forbidden');
    expect(await stage.disco('info', 'thingstead:erase', { from: 'stranger@example.org/r' })).toBe('forbidden');
    expect(await stage.disco('info', 'thingstead:note', { from: 'mallory@elsewhere.example/r' })).toBe('forbidden');
    expect(await stage.disco('info', 'thingstead:note', { to: `${id}@${DOMAIN}` })).toBe('item-not-found');
    expect(await stage.disco('info', 'thingstead:never')).toBe('item-not-found');
    expect(await stage.disco('items', 'thingstead:note')).toBe('item-not-found');
  });
});

describe('a command', () => {
  it('of one stage shows its form, and is run when that is complete', async () => {
    const begun = await stage.go('note');
    expect(begun).toMatchObject({
      node: 'thingstead:note',
      status: 'executing',
      actions: { allowed: ['complete'], execute: 'complete' },
      form: {
        type: 'form',
        title: 'Take a note',
        instructions: ['Notes something.'],
        fields: [
          { name: 'what', type: 'text-single', required: true, validation: { datatype: 'xs:string' }, values: [] },
          { name: 'why', type: 'text-single', values: [] },
        ],
      },
    });
    expect(begun.form?.fields[1]).not.toHaveProperty('required');
    const { sessionid } = begun;
    const completed = await stage.go('note', { sessionid, values: { what: ' it ' } });
    expect(completed).toEqual({
      node: 'thingstead:note',
      sessionid,
      status: 'completed',
      notes: [{ type: 'info', text: 'Noted.' }],
    });
    expect(ran).toEqual(['owner@example.org it undefined']);
  });

  it('says that it is in English', async () => {
    const xml = `<command xmlns='${COMMANDS}' node='thingstead:note' xml:lang='fr-ca'/>`;
    const answer = await stage.send(xml);
    expect(answer.getChild('command')?.attrs['xml:lang']).toBe('en');
  });

  it('on a Thing asks which, then for its form, then again before it does harm; back and forth', async () => {
    const { sessionid, form, actions } = await stage.go('erase');
    expect(actions).toEqual({ allowed: ['next'], execute: 'next' });
    expect(form?.fields).toMatchObject([
      {
        name: 'thing',
        type: 'list-single',
        required: true,
        validation: { datatype: 'xs:string', open: true },
        options: [{ label: 'boiler@example.org', value: id }],
      },
    ]);
    const second = await stage.go('erase', { sessionid, action: 'next', values: { thing: id } });
    expect(second).toMatchObject({ status: 'executing', actions: { allowed: ['prev', 'next'], execute: 'next' } });
    const first = await stage.go('erase', { sessionid, action: 'prev' });
    expect(first.form?.fields).toMatchObject([{ name: 'thing', values: [id] }]);
    await stage.go('erase', { sessionid, values: { thing: 'boiler@example.org' } });
    const third = await stage.go('erase', { sessionid, values: { what: 'all' } });
    const question = 'Erase all of boiler@example.org for ever?';
    expect(third).toMatchObject({
      actions: { allowed: ['prev', 'complete'], execute: 'complete' },
      notes: [{ type: 'warn', text: question }],
      form: { fields: [{ type: 'fixed', values: [question] }] },
    });
    const again = await stage.go('erase', { sessionid, action: 'prev' });
    expect(again.form?.fields).toMatchObject([{ name: 'what', values: ['all'] }]);
    await stage.go('erase', { sessionid, values: { what: 'much' } });
    expect(ran).toEqual([]);
    const end = await stage.go('erase', { sessionid, action: 'complete' });
    expect([end.status, notesOf(end)]).toEqual(['completed', ['info: Erased.', 'warn: It is gone.']]);
    expect(ran).toEqual([`erased much of ${id}`]);
  });

  it("at the Thing's own address knows which Thing, and without a form needs one step less", async () => {
    const to = `${id}@${DOMAIN}/some`;
    expect(await stage.go('look', { to })).toMatchObject({
      status: 'completed',
      notes: [{ text: 'This is boiler@example.org.' }],
    });
    const { sessionid, actions } = await stage.go('drop', { to });
    expect(actions).toEqual({ allowed: ['complete'], execute: 'complete' });
    await stage.go('drop', { to, sessionid, form: { type: 'submit', fields: [] } });
    expect(ran).toEqual([`dropped ${id}`]);
  });

  it('is canceled at any stage, and that is its end', async () => {
    const { sessionid } = await stage.go('erase');
    expect(await stage.go('erase', { sessionid, action: 'cancel' })).toEqual({
      node: 'thingstead:erase',
      sessionid,
      status: 'canceled',
      notes: [],
    });
    expect(await stage.play('erase', { sessionid, values: { thing: id } })).toMatchObject(SESSION_EXPIRED);
  });

  it('that the rules refuse is completed with an error, once', async () => {
    const { sessionid } = await stage.go('note');
    const completed = await stage.go('note', { sessionid, values: { what: 'nonsense' } });
    expect([completed.status, notesOf(completed)]).toEqual(['completed', ['error: That is nonsense.']]);
    expect(await stage.play('note', { sessionid, values: { what: 'nonsense' } })).toMatchObject(SESSION_EXPIRED);
    expect(ran).toHaveLength(1);
  });
});

const BAD = { condition: 'bad-request', type: 'modify' };
const BAD_SESSION = { ...BAD, specific: 'bad-sessionid' };
const SESSION_EXPIRED = { condition: 'not-allowed', type: 'cancel', specific: 'session-expired' };

const LARGE = Array.from({ length: 50 }, (_, n) => [`odd${n}`, 'x'.repeat(1000)] as const);

describe('hostile twins', () => {
  it('what one may not run is forbidden, and noted', async () => {
    const entries: unknown[] = [];
    const { append } = stage.store.audit;
    stage.store.audit.append = (entry) => {
      entries.push(entry);
      return append(entry);
    };
    const forbidden = { condition: 'forbidden', type: 'cancel' };
    expect(await stage.play('audit')).toEqual(forbidden);
    expect(await stage.play('erase', { from: 'stranger@example.org/r' })).toEqual(forbidden);
    expect(entries).toMatchObject([
      { actor: OWNER, action: 'audit', subject: DOMAIN, outcome: 'forbidden' },
      { actor: 'stranger@example.org/r', action: 'erase', subject: DOMAIN, outcome: 'forbidden' },
    ]);
    const shared = await stage.place({ jid: 'm@example.org', owner: 'cy@example.org', sharedWith: ['*'] });
    expect(await stage.play('drop', { to: `${shared}@${DOMAIN}` })).toEqual(forbidden);
    expect(await stage.play('audit', { from: 'admin@example.org/r' })).toMatchObject({ status: 'completed' });
  });

  it('what is not there is not found', async () => {
    for (const step of [{}, { sessionid: 'x' }]) {
      expect(await stage.play('never', step)).toEqual({ condition: 'item-not-found', type: 'cancel' });
    }
    expect(await stage.play('note', { to: `${id}@${DOMAIN}` })).toMatchObject({ condition: 'item-not-found' });
    const answer = await stage.send(`<command xmlns='${COMMANDS}' node='note'/>`);
    expect(answer.attrs['type']).toBe('error');
  });

  it('an error brings back which session was refused: slixmpp finds it by that', async () => {
    const send = async (sessionid: string) => {
      const command = `<command xmlns='${COMMANDS}' node='thingstead:note' sessionid='${sessionid}' action='prev'/>`;
      return (await stage.send(command)).getChild('command', COMMANDS)?.attrs;
    };
    const { sessionid } = await stage.go('note');
    expect(await send(sessionid)).toMatchObject({ node: 'thingstead:note', sessionid });
    expect(await send('never')).toMatchObject({ node: 'thingstead:note', sessionid: 'never' });
    expect(await send('x'.repeat(300))).toBeUndefined();
  });

  it('a command that was never begun cannot go on', async () => {
    for (const action of ['next', 'prev', 'complete', 'cancel'] as const) {
      expect(await stage.play('note', { action })).toEqual({ ...BAD, specific: 'bad-action' });
    }
    expect(await stage.play('note', { sessionid: 'never', values: { what: 'x' } })).toEqual(BAD_SESSION);
  });

  it("someone else's session, of any kind, is none, and stays as it was", async () => {
    const { sessionid } = await stage.go('note');
    const values = { what: 'stolen' };
    expect(await stage.play('note', { sessionid, values, from: 'owner@example.org/other' })).toEqual(BAD_SESSION);
    expect(await stage.play('note', { sessionid, values, from: 'mallory@example.org/phone' })).toEqual(BAD_SESSION);
    expect(await stage.play('note', { sessionid, action: 'cancel', from: 'mallory@example.org/r' })).toEqual(
      BAD_SESSION,
    );
    expect(await stage.play('erase', { sessionid, values })).toEqual(BAD_SESSION);
    const { sessionid: ofThing } = await stage.go('drop', { to: `${id}@${DOMAIN}` });
    expect(await stage.play('drop', { sessionid: ofThing, action: 'complete' })).toEqual(BAD_SESSION);
    expect(ran).toEqual([]);
    await stage.go('note', { sessionid, values: { what: 'mine' } });
    await stage.go('drop', { to: `${id}@${DOMAIN}`, sessionid: ofThing, action: 'complete' });
    expect(ran).toHaveLength(2);
  });

  it('a session that was left for ten minutes has expired', async () => {
    const { sessionid } = await stage.go('note');
    stage.now += 10 * 60 * 1000;
    expect(await stage.play('note', { sessionid, values: { what: 'late' } })).toEqual(SESSION_EXPIRED);
    expect(ran).toEqual([]);
  });

  it('a step out of order is refused, and the session goes on', async () => {
    const { sessionid } = await stage.go('erase');
    const badAction = { ...BAD, specific: 'bad-action' };
    expect(await stage.play('erase', { sessionid, action: 'prev' })).toEqual(badAction);
    expect(await stage.play('erase', { sessionid, action: 'complete', values: { thing: id } })).toEqual(badAction);
    await stage.go('erase', { sessionid, values: { thing: id } });
    expect(await stage.play('erase', { sessionid, action: 'complete', values: { what: 'all' } })).toEqual(badAction);
    await stage.go('erase', { sessionid, values: { what: 'all' } });
    expect(await stage.play('erase', { sessionid, action: 'next', values: {} })).toEqual(badAction);
    expect(ran).toEqual([]);
    await stage.go('erase', { sessionid });
    expect(ran).toEqual([`erased all of ${id}`]);
  });

  it('a step without its form, or with one that was not submitted, is refused, and the session goes on', async () => {
    const { sessionid } = await stage.go('note');
    const badPayload = { ...BAD, specific: 'bad-payload' };
    expect(await stage.play('note', { sessionid })).toEqual(badPayload);
    expect(await stage.play('note', { sessionid, form: { type: 'form', fields: [] } })).toEqual(badPayload);
    const two = `<command xmlns='${COMMANDS}' node='thingstead:note' sessionid='${sessionid}'>${"<x xmlns='jabber:x:data' type='submit'/>".repeat(2)}</command>`;
    expect((await stage.send(two)).attrs['type']).toBe('error');
    // XEP-0050 section 3.5.1
    await stage.go('note', { sessionid, form: { ...formOf({ what: 'it' }), type: 'cancel' } });
    expect(ran).toHaveLength(1);
  });

  it.each([
    ['missing', {}, 'This has to be given.'],
    ['empty', { what: ['', ' '] }, 'This has to be given.'],
    ['given twice over', { what: ['a', 'b'] }, '2 values are given; at most 1 is taken.'],
    ['much too long', { what: 'x'.repeat(5000) }, 'is too long; it may have at most 4096 characters.'],
  ])('a form with a field that is %s comes back marked, its values kept', async (_what, values, fault) => {
    const { sessionid } = await stage.go('note');
    const back = await stage.go('note', { sessionid, values: { why: 'because', ...values } });
    expect(back).toMatchObject({ sessionid, status: 'executing', actions: { execute: 'complete' } });
    const [what, why] = back.form?.fields ?? [];
    expect(what?.description).toContain(fault);
    expect(why).toMatchObject({ description: 'Why', values: ['because'] });
    expect(notesOf(back)[0]).toMatch(/^error: what: /);
    expect(notesOf(back)[0]).toContain(fault);
    expect(ran).toEqual([]);
    await stage.go('note', { sessionid, values: { what: 'now right' } });
    expect(ran).toHaveLength(1);
  });

  it('a form with one field several times comes back marked; fields that there are not are passed over', async () => {
    const { sessionid } = await stage.go('note');
    const [field] = formOf({ what: 'a' }).fields;
    const others = [
      { name: 'odd', values: ['x'] },
      { name: 'odd', values: ['y'] },
      { name: '', type: 'fixed' as const, values: ['z'] },
    ];
    const twice = field === undefined ? [] : [field, field];
    const back = await stage.go('note', { sessionid, form: { type: 'submit', fields: [...twice, ...others] } });
    expect(notesOf(back)).toEqual(['error: what: This is given more than once.']);
    await stage.go('note', { sessionid, form: { type: 'submit', fields: [...twice.slice(1), ...others] } });
    expect(ran).toHaveLength(1);
  });

  it.each(['never', 'aaaaaaaaaa', 'boiler@elsewhere.example', '', ' ', '*', 'theirs@example.org', '@', 'a@b/c'])(
    'a Thing that is not there, or that one may not act on, is not found: %s',
    async (thing) => {
      await stage.place({ jid: 'theirs@example.org', owner: 'cy@example.org', isPublic: true });
      const { sessionid } = await stage.go('erase');
      const back = await stage.go('erase', { sessionid, values: { thing } });
      expect(notesOf(back)).toEqual(['error: thing: There is no such Thing on which you may do this.']);
      expect(back.form?.fields).toMatchObject([{ name: 'thing', options: [{ value: id }] }]);
      expect(await stage.go('erase', { sessionid, values: { thing: [id, id] } })).toMatchObject({
        actions: { execute: 'next' },
      });
    },
  );

  it('a right that has ended in between ends the command', async () => {
    await stage.place({ jid: 'lamp@example.org', owner: 'owner@example.org' });
    const { sessionid } = await stage.go('erase');
    await stage.go('erase', { sessionid, values: { thing: id } });
    await stage.go('erase', { sessionid, values: { what: 'all' } });
    await stage.place({ jid: 'boiler@example.org', owner: 'cy@example.org' });
    const end = await stage.go('erase', { sessionid });
    expect([end.status, ran]).toEqual(['completed', []]);
    expect(notesOf(end)).toEqual(['error: The Thing is not there any more, or you have no right on it any more.']);
  });

  it('a right to read that has ended in between ends it too, also where the Thing can still be seen', async () => {
    const peek = operationOnThing({
      name: 'peek',
      label: 'Peek',
      about: 'Reads something.',
      may: { thing: 'read' },
      fields: { what: any('What') },
      run: async ({ what }) => {
        ran.push(what);
        return done('Read.');
      },
    });
    stage = createStage([peek]);
    const sharedWith = [bare('reader@example.org')];
    await stage.place({ jid: 'lamp@example.org', owner: 'cy@example.org', sharedWith });
    const thing = await stage.place({ jid: 'boiler@example.org', owner: 'cy@example.org', sharedWith, isPublic: true });
    const from = 'reader@example.org/r';
    const { sessionid } = await stage.go('peek', { from });
    await stage.go('peek', { from, sessionid, values: { thing: String(thing) } });
    const stored = (thing && (await stage.store.things.byOwnership(thing))) ?? expect.fail('no Thing');
    const ownership = stored.ownership && { ...stored.ownership, sharedWith: [] };
    const write = { write: 'thing', thing: { ...stored, ...(ownership && { ownership }) }, at: 2 } as const;
    await stage.store.things.changeAt(stored.address, () => ({ outcome: undefined, writes: [write] }));
    const end = await stage.go('peek', { from, sessionid, values: { what: 'all' } });
    expect([end.status, ran]).toEqual(['completed', []]);
    expect(notesOf(end)[0]).toContain('error: The Thing is not there any more');
  });

  it('two that complete one session at once run it once', async () => {
    const { sessionid } = await stage.go('note');
    const both = [1, 2].map((n) => stage.play('note', { sessionid, values: { what: `${n}` } }).catch(() => 'mixed up'));
    await Promise.all(both);
    expect(ran).toHaveLength(1);
  });

  it('a store that cannot be written leaves the session to be tried again', async () => {
    const failing = operation({
      name: 'note',
      label: 'Note',
      about: 'Fails once.',
      may: 'anyone',
      fields: { what: any('What') },
      run: async () => {
        ran.push('tried');
        if (ran.length === 1) throw new StoreUnavailable('full');
        return done('Now.');
      },
    });
    stage = createStage([failing]);
    const { sessionid } = await stage.go('note');
    expect(await stage.play('note', { sessionid, values: { what: 'a' } })).toMatchObject({ type: 'cancel' });
    expect(await stage.go('note', { sessionid, values: { what: 'a' } })).toMatchObject({ status: 'completed' });
  });

  it('ten thousand sessions that are opened and left cost no more than ten', async () => {
    const { sessionid: first } = await stage.go('note');
    const xml = `<command xmlns='${COMMANDS}' node='thingstead:note'/>`;
    for (let n = 0; n < 10_000; n++) await stage.send(xml);
    expect(await stage.play('note', { sessionid: first, values: { what: 'x' } })).toEqual(SESSION_EXPIRED);
    const { sessionid: last } = await stage.go('note');
    expect(await stage.go('note', { sessionid: last, values: { what: 'x' } })).toMatchObject({ status: 'completed' });
  }, 60_000);

  it('what is kept of a form that is much too large is little', async () => {
    const { sessionid } = await stage.go('note');
    const values = { what: ['x'.repeat(9000), 'y'], why: Array(1000).fill('z'), ...Object.fromEntries(LARGE) };
    const back = await stage.go('note', { sessionid, values });
    expect(notesOf(back)).toHaveLength(2);
    expect(back.form?.fields.map(({ name, values: kept }) => [name, kept.join('').length])).toEqual([
      ['what', 0],
      ['why', 1],
    ]);
    expect(JSON.stringify(back).length).toBeLessThan(2000);
  });

  it('an operation that says not who may run it does not compile', () => {
    const rest = { name: 'x', label: 'x', about: 'x', fields: {}, run: async () => done('x') };
    // @ts-expect-error `may` is missing
    operation(rest);
    // @ts-expect-error `may` is missing
    operationOnThing(rest);
    // @ts-expect-error there is no such permission
    operation({ ...rest, may: 'everyone' });
  });
});
