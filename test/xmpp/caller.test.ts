import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCaller, LATE_MS, type Question, type Reply } from '../../src/xmpp/caller.js';
import { type Element, element } from '../../src/xmpp/element.js';
import { type AnyJid, parseJid } from '../../src/xmpp/jid.js';
import { leaving } from '../schemas/leaving.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const jid = (text: string): AnyJid => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`${text} is no JID`);
  return parsed.full;
};
const DEVICE = 'stra\u00dfe@example.org/Sensor';
const US = 'things.example.org';

let sent: Element[];
let online: boolean;
let caller: ReturnType<typeof createCaller>;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  online = true;
  const send = leaving.through((stanza) => {
    if (online) sent.push(stanza);
    return online;
  });
  caller = createCaller(send);
});
afterEach(() => {
  caller.stop();
  vi.useRealTimers();
});

/** Asks, and notes what comes of it. */
function ask(more: Partial<Question> = {}): Reply[] {
  const replies: Reply[] = [];
  const payload = element('ping', { xmlns: 'urn:xmpp:ping' });
  const question = { to: jid(DEVICE), from: jid(US), type: 'get', payload, timeoutMs: 1000, ...more } as const;
  void caller.ask(question).then((reply) => replies.push(reply));
  return replies;
}

const idOf = (index: number): unknown => sent[index]?.attrs['id'];
const reply = (attributes: Record<string, string>, ...children: Element[]): void =>
  caller.receive(
    element('iq', { type: 'result', id: String(idOf(0)), from: DEVICE, to: US, ...attributes }, ...children),
  );
/** Lets promises that are settled tell so. */
const settled = () => vi.advanceTimersByTimeAsync(0);

describe('a question', () => {
  it('goes out as an IQ with an id that cannot be guessed', () => {
    ask();
    ask({ type: 'set', from: jid('lamp1@things.example.org') });
    expect(sent.map(({ name, attrs }) => ({ name, ...attrs }))).toMatchObject([
      { name: 'iq', type: 'get', from: US, to: 'strasse@example.org/Sensor', id: expect.stringMatching(UUID) },
      { name: 'iq', type: 'set', from: 'lamp1@things.example.org', id: expect.stringMatching(UUID) },
    ]);
    expect(idOf(0)).not.toBe(idOf(1));
    expect(sent[0]?.getChild('ping', 'urn:xmpp:ping')).toBeDefined();
    expect(caller.outstanding).toBe(2);
  });

  it('takes the result of the JID that was asked, and the payload with it', async () => {
    const replies = ask();
    const payload = element('thing');
    reply({}, payload);
    await settled();
    expect(replies).toEqual([{ kind: 'result', payload }]);
    expect(caller.outstanding).toBe(0);
  });

  it('takes a result without payload', async () => {
    const replies = ask();
    reply({});
    await settled();
    expect(replies).toEqual([{ kind: 'result', payload: undefined }]);
  });

  it('takes an error with its condition and the whole stanza', async () => {
    const replies = ask();
    const gone = element('gone', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' });
    reply({ type: 'error' }, element('rejected'), element('error', { type: 'cancel' }, gone));
    await settled();
    expect(replies).toMatchObject([
      { kind: 'error', error: { condition: 'gone', type: 'cancel' }, stanza: { name: 'iq' } },
    ]);
  });

  it.each([
    ['by the capital that it folds', { from: 'STRASSE@EXAMPLE.ORG/Sensor' }],
    ['in full width', { from: 'ｓtrasse@example.org/Sensor' }],
    ['to us in capitals', { to: 'THINGS.Example.org' }],
  ])('takes a reply that spells the same JID otherwise: %s', async (_, ends) => {
    const replies = ask();
    reply(ends);
    await settled();
    expect(replies).toHaveLength(1);
  });

  it.each([
    ['from another account', { from: 'eve@example.org/Sensor' }],
    ['from another resource', { from: 'strasse@example.org/sensor' }],
    ['from the bare JID', { from: 'strasse@example.org' }],
    ['from the domain', { from: 'example.org' }],
    ['from what is no JID', { from: '@' }],
    ['from nobody', { from: '' }],
    ['to another address of ours', { to: 'lamp1@things.example.org' }],
    ['to the address with a resource', { to: 'things.example.org/x' }],
    ['to nobody', { to: '' }],
    ['with another id', { id: '3f0e' }],
    ['with no id', { id: '' }],
    ['with a name that objects have', { id: '__proto__' }],
  ])('does not take a reply %s, and still takes the right one after it', async (_, wrong) => {
    const replies = ask();
    reply(wrong);
    await settled();
    expect(replies).toEqual([]);
    reply({});
    await settled();
    expect(replies).toHaveLength(1);
  });

  it('does not take a reply without from, to or id', async () => {
    const replies = ask();
    const whole = { type: 'result', id: String(idOf(0)), from: DEVICE, to: US };
    for (const missing of ['id', 'from', 'to']) caller.receive(element('iq', { ...whole, [missing]: undefined }));
    await settled();
    expect(replies).toEqual([]);
  });

  it('takes the first of two replies', async () => {
    const replies = ask();
    reply({}, element('first'));
    reply({}, element('second'));
    await settled();
    expect(replies).toMatchObject([{ payload: { name: 'first' } }]);
  });

  it('does not take the reply to another question', async () => {
    const [first, second] = [ask(), ask({ to: jid('other@example.org/1') })];
    reply({ from: 'other@example.org/1' }); // with the id of the first
    reply({ id: String(idOf(1)) });
    await settled();
    expect([first, second]).toEqual([[], []]);
  });
});

describe('time', () => {
  it('ends a question without a reply', async () => {
    const replies = ask();
    await vi.advanceTimersByTimeAsync(999);
    expect(replies).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(replies).toEqual([{ kind: 'silent' }]);
    expect(caller.outstanding).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not waited for where there is no connection', async () => {
    online = false;
    const replies = ask();
    await settled();
    expect(replies).toEqual([{ kind: 'silent', unsent: true }]);
    expect([caller.outstanding, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('leaves no timer behind a question that was answered', async () => {
    ask();
    reply({});
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a late reply through to who asked for it, once', async () => {
    const late: Reply[] = [];
    const replies = ask({ onLate: (one) => late.push(one) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(caller.outstanding).toBe(0);
    reply({ from: 'eve@example.org/1' });
    await vi.advanceTimersByTimeAsync(LATE_MS - 1);
    reply({});
    reply({});
    await settled();
    expect(replies).toEqual([{ kind: 'silent' }]);
    expect(late).toEqual([{ kind: 'result', payload: undefined }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends even that', async () => {
    const late: Reply[] = [];
    ask({ onLate: (one) => late.push(one) });
    await vi.advanceTimersByTimeAsync(1000 + LATE_MS);
    reply({});
    expect(late).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('drops a late reply that nobody asked for', async () => {
    const replies = ask();
    await vi.advanceTimersByTimeAsync(1000);
    reply({});
    await settled();
    expect(replies).toEqual([{ kind: 'silent' }]);
  });

  it('does not call a reply in time late', async () => {
    const late: Reply[] = [];
    const replies = ask({ onLate: (one) => late.push(one) });
    await vi.advanceTimersByTimeAsync(999);
    reply({});
    await vi.advanceTimersByTimeAsync(2 * LATE_MS);
    expect([replies.length, late.length]).toEqual([1, 0]);
  });
});

describe('the end of the connection', () => {
  it('ends what is under way; what comes of it yet is late', async () => {
    const late: Reply[] = [];
    const replies = ask({ onLate: (reply) => late.push(reply) });
    const others = ask();
    caller.lost();
    await settled();
    expect([replies, others]).toEqual([[{ kind: 'silent' }], [{ kind: 'silent' }]]);
    expect(caller.outstanding).toBe(0);
    caller.lost();
    reply({});
    reply({ id: String(idOf(1)) });
    expect(late).toEqual([{ kind: 'result', payload: undefined }]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('stop', () => {
  it('ends all questions, takes no reply any more, and leaves no timer', async () => {
    const late: Reply[] = [];
    const replies = [ask(), ask(), ask({ timeoutMs: 1, onLate: (one) => late.push(one) })];
    await vi.advanceTimersByTimeAsync(1);
    caller.stop();
    await settled();
    reply({});
    reply({ id: String(idOf(2)) });
    expect(replies).toEqual(Array(3).fill([{ kind: 'silent' }]));
    expect(late).toEqual([]);
    expect([caller.outstanding, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
