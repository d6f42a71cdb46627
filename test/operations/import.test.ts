import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import type { CommandAnswer } from '../../src/xep/0050-commands/codec.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const METER = { jid: 'meter@example.org', tags: { SN: '39487', '#LAT': '59.30' }, key: 'top-secret' };
const AT = { jid: bare('meter@example.org'), nodeId: '', sourceId: '', cacheType: '' };
const TAGS = [
  { name: 'SN', kind: 'str', value: '39487' },
  { name: 'LAT', kind: 'num', value: 59.3, text: '59.30' },
] as const;
const KEY = { name: 'KEY', kind: 'str', value: 'top-secret' } as const;

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

async function importing(lines: readonly (object | string)[], more: Record<string, string> = {}) {
  const { sessionid } = await stage.go('import', { from: ADMIN });
  const things = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return stage.go('import', { from: ADMIN, sessionid, values: { things, ...more } });
}

/** Line, outcome, why; the id is chance. */
function rows({ form }: CommandAnswer): readonly string[] {
  return (form?.table?.rows ?? []).map(([line, outcome, , why]) => `${line} ${outcome} ${why}`.trim());
}

const idIn = ({ form }: CommandAnswer): string => form?.table?.rows[0]?.[2] ?? '';
const outcomesOf = async (...lines: readonly (object | string)[]) => rows(await importing(lines));

function register(tags: Parameters<Stage['registry']['register']>[0]['tags'], selfOwned = false) {
  return stage.registry.register({ address: AT, from: bare('meter@example.org'), selfOwned, tags });
}

function claim(from = 'anna@example.org') {
  const tags = [KEY, ...TAGS];
  return stage.registry.claim({ from: bare(from), tags, isPublic: true, narrowed: {} });
}

describe('an import without an owner', () => {
  it('registers the Thing as if it had done so: its owner claims it before it comes', async () => {
    const answer = await importing([METER]);
    expect(notesOf(answer)).toEqual(['info: 1 done, 0 unchanged, 0 refused.']);
    expect([rows(answer), idIn(answer)]).toEqual([['1 done'], '']);
    expect(await stage.store.things.at(AT)).toMatchObject({ tags: TAGS });
    expect(await claim()).toMatchObject({ outcome: 'claimed' });
    expect(await register([...TAGS, KEY])).toMatchObject({ outcome: 'claimed', owner: 'anna@example.org' });
  });

  it('or after it has come with the same tags, which changes nothing', async () => {
    await importing([METER]);
    const before = await stage.store.things.at(AT);
    expect(await register([KEY, ...TAGS])).toEqual({ outcome: 'registered' });
    expect((await stage.store.things.at(AT))?.claimDigest).toBe(before?.claimDigest);
    expect(await claim()).toMatchObject({ outcome: 'claimed' });
  });

  it('changes nothing where everything is so already, and nothing of what has an owner', async () => {
    await importing([METER]);
    expect(await outcomesOf(METER)).toEqual(['1 unchanged']);
    await claim();
    const owned = await stage.store.things.at(AT);
    const answer = await importing([{ ...METER, tags: { SN: 'another' } }]);
    expect([rows(answer), idIn(answer)]).toEqual([['1 unchanged'], owned?.ownership?.id]);
    expect(await stage.store.things.at(AT)).toEqual(owned);
  });

  it('replaces the tags and KEY of one without an owner, but takes from none its KEY by saying nothing of it', async () => {
    await register([...TAGS, KEY]);
    const { key: _, ...keyless } = METER;
    expect(await outcomesOf(keyless, { jid: METER.jid })).toEqual(['1 unchanged', '2 unchanged']);
    expect(await outcomesOf({ ...METER, key: 'another' })).toEqual(['1 done']);
    expect(await claim()).toEqual({ outcome: 'failed' });
  });
});

describe('an import with an owner', () => {
  const OWNED = { ...METER, owner: 'Anna@Example.org', public: false };

  it('registers and claims the Thing, which is owed the news; done again it does nothing', async () => {
    const answer = await importing([OWNED]);
    const thing = await stage.store.things.at(AT);
    expect(thing?.ownership).toMatchObject({ id: idIn(answer), owner: 'anna@example.org', isPublic: false });
    const news = { kind: 'claimed', owner: 'anna@example.org', isPublic: false };
    expect(await stage.store.notices.owedTo(AT.jid)).toMatchObject([{ news }]);
    expect(stage.woken).toEqual([AT.jid]);
    const again = await importing([{ ...OWNED, public: true }]);
    expect([rows(again), idIn(again)]).toEqual([['1 unchanged'], idIn(answer)]);
    expect(await stage.store.things.at(AT)).toEqual(thing);
    // The owner who presents the tags as well has it already.
    expect(await claim()).toMatchObject({ outcome: 'claimed', thing: { ownership: { isPublic: false } } });
  });

  it('claims one that waits for its owner, as it has registered itself where no tags are given', async () => {
    await register([...TAGS, KEY]);
    expect(await outcomesOf({ jid: METER.jid, owner: 'anna@example.org', public: true })).toEqual(['1 done']);
    expect(await stage.store.things.at(AT)).toMatchObject({ tags: TAGS, ownership: { isPublic: true } });
  });

  it('gives the same owner the old id again, and nobody else', async () => {
    stage.now = Date.now(); // what has ended is kept for 30 days
    const id = idIn(await importing([OWNED])) as OwnershipId;
    await stage.registry.remove(AT, bare('anna@example.org'));
    expect(idIn(await importing([{ ...OWNED, owner: 'bert@example.org' }]))).not.toBe(id);
    await stage.registry.remove(AT, bare('bert@example.org'));
    expect(idIn(await importing([OWNED]))).toBe(id);
  });

  it('refuses the line of a Thing that is claimed by another, or its own, and goes on', async () => {
    const id = await stage.place({ jid: METER.jid, owner: 'bert@example.org' });
    await stage.place({ jid: 'own@example.org', owner: 'own@example.org', selfOwned: true });
    const before = await stage.store.things.at(AT);
    const answer = await importing([OWNED, { ...OWNED, jid: 'own@example.org' }, { ...OWNED, nodeId: 'n' }]);
    const why = 'It is claimed by another owner.';
    expect([rows(answer), idIn(answer)]).toEqual([[`1 refused ${why}`, `2 refused ${why}`, '3 done'], id]);
    expect(await stage.store.things.at(AT)).toEqual(before);
  });

  it('of two lines for one Thing in one command the first counts', async () => {
    const lines = [OWNED, { ...OWNED, owner: 'bert@example.org' }];
    expect(await outcomesOf(...lines)).toEqual(['1 done', '2 refused It is claimed by another owner.']);
  });
});

describe('a dry run', () => {
  it('says what would be done, and does nothing of it', async () => {
    const owned = { ...METER, nodeId: 'n', owner: 'anna@example.org' };
    const answer = await importing([METER, owned, 'x'], { dryRun: 'true' });
    expect(notesOf(answer)).toEqual(['info: 2 would be done, 0 unchanged, 1 refused.']);
    expect(rows(answer)).toEqual(['1 done', '2 done', '3 refused It is no object in JSON.']);
    expect(await stage.store.things.ofJid(AT.jid)).toEqual([]);
    expect([await stage.store.notices.owedTo(AT.jid), stage.woken]).toEqual([[], []]);
  });
});

describe('a line that is wrong', () => {
  const tags = (given: object) => ({ jid: METER.jid, tags: given });
  it.each([
    ['{"jid": "a@example.org", "key": "top-secret"', 'It is no object in JSON.'],
    ['["top-secret"]', 'It is no object in JSON.'],
    [{ jid: METER.jid, name: 'x' }, 'There is no property "name"; use jid, nodeId, '],
    [{ nodeId: 'n' }, 'It has no jid.'],
    [{ jid: 'a@example.org/r' }, 'jid "a@example.org/r" is no JID without resource.'],
    [{ jid: 'a b@example.org' }, 'jid "a b@example.org" is no JID without resource.'],
    [{ jid: 7 }, 'jid is to be a text.'],
    [{ jid: METER.jid, nodeId: 7 }, 'nodeId is to be a text.'],
    [{ jid: METER.jid, nodeId: 'ä'.repeat(512) }, 'is too long; it has at most 1023 bytes in UTF-8.'],
    [{ jid: METER.jid, owner: '@' }, 'owner "@" is no account without resource; use one like anna@example.org.'],
    [{ jid: METER.jid, owner: 'example.org' }, 'owner "example.org" is no account without resource'],
    [{ jid: METER.jid, owner: 'a;b@example.org' }, 'owner "a;b@example.org" is no account without resource'],
    [{ jid: METER.jid, owner: 'a@example.org', public: 'yes' }, 'public is to be true or false.'],
    [{ jid: METER.jid, public: true }, 'Who is to claim it says whether it is public'],
    [{ jid: METER.jid, owner: 'a@elsewhere.org' }, 'a@elsewhere.org may not use this component.'],
    [{ jid: 'a@elsewhere.org' }, 'a@elsewhere.org may not use this component.'],
    [tags({ 'A B': '1' }), 'the name "A B" holds a colon, a hash sign, white space or a control character'],
    [tags({ '##A': '1' }), 'the name "#A" holds a colon, a hash sign'],
    [tags({ [`${'A'.repeat(33)}`]: '1' }), 'is too long; a tag name has at most 32 characters'],
    [tags({ A: 'x'.repeat(129) }), 'is too long; it has at most 128 characters.'],
    [tags({ '#A': 'INF' }), 'the value "INF" of A is not a finite number.'],
    [tags({ A: 59.3 }), 'the tag "A" is to be a text; write a number as one'],
    [tags({ A: '1', a: '2' }), 'the tag A is given twice'],
    [tags({ A: '1', '#A': '2' }), 'the tag A is given twice'],
    [{ jid: METER.jid, key: 'top-secret', tags: { KEY: 'top-secret' } }, 'the tag KEY is given twice'],
    [{ jid: METER.jid, key: `top-secret${'x'.repeat(128)}` }, 'the value of KEY is too long'],
    [tags(Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`T${at}`, '1']))), 'A Thing has at most 64 tags.'],
    [{ jid: METER.jid, tags: [] }, 'tags is to be an object.'],
    [tags({ A: 'a\u0000' }), 'It holds a character that XML cannot say.'],
    [tags({ A: '\ud800' }), 'It holds a character that XML cannot say.'],
  ])('is told of by itself, without its KEY: %j', async (line, why) => {
    const answer = await importing([line, METER]);
    expect(rows(answer)[0]).toContain(`1 refused ${why.startsWith('is ') ? '' : why}`);
    expect(rows(answer)[0]).toContain(why);
    expect(rows(answer)[1]).toBe('2 done');
    expect(JSON.stringify(answer)).not.toContain('top-secret');
  });

  it.each<[string, string]>([
    ['lists', `{"jid": "a@example.org", "tags": {"A": ${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
    ['a list of tags', `{"jid": "a@example.org", "tags": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['objects', `{"jid": "a@example.org", "tags": ${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
  ])('is refused alone however deep it is nested: %s', async (_, deep) => {
    expect(await outcomesOf(METER, deep)).toEqual(['1 done', expect.stringMatching(/^2 refused .* is to be a/)]);
  });

  it('takes 64 tags, KEY not counted, and values in NFC', async () => {
    const most = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`t${at}`, at === 0 ? 'A\u030a' : '1']));
    expect(await outcomesOf({ jid: METER.jid, tags: most, key: 'k' })).toEqual(['1 done']);
    const thing = await stage.store.things.at(AT);
    expect([thing?.tags.length, thing?.tags[0]]).toEqual([64, { name: 'T0', kind: 'str', value: '\u00c5' }]);
  });
});

describe('a command', () => {
  it('takes a hundred lines of four hundred characters, and no more lines than that', async () => {
    const line = (at: number) => ({ jid: `m${at}@example.org`, tags: { A: 'x'.repeat(128), B: 'x'.repeat(128) } });
    const lines = Array.from({ length: 101 }, (_, at) => line(at));
    expect(await outcomesOf(...lines.slice(1))).toEqual(lines.slice(1).map((_, at) => `${at + 1} done`));
    const back = await importing(lines);
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toContain('101 values are given; at most 100 is taken.');
  });

  it('repeats no KEY where it is too long', async () => {
    const back = await importing([METER, 'x'.repeat(131_072)]);
    expect(notesOf(back)[0]).toBe('error: things: This is too long; it may have at most 131072 characters.');
  });

  it('is for administrators', async () => {
    const step = { from: 'owner@example.org/r' };
    expect(await stage.play('import', step)).toMatchObject({ condition: 'forbidden' });
    const id = await stage.place({ jid: METER.jid, owner: 'admin@example.org' });
    expect(await stage.play('import', { from: ADMIN, to: `${id}@${DOMAIN}` })).toMatchObject({
      condition: 'item-not-found',
    });
  });

  it('leaves an entry in the audit trail for each Thing that it changed, without its KEY', async () => {
    const written: unknown[] = [];
    const { changeAt } = stage.store.things;
    stage.store.things.changeAt = (address, decide) =>
      changeAt(address, (stored) => {
        const change = decide(stored);
        written.push(...change.writes);
        return change;
      });
    await importing([METER, { ...METER, nodeId: 'n', owner: 'anna@example.org' }, METER, 'x']);
    const entries = written.filter((write) => JSON.stringify(write).includes('"audit"'));
    const entry = { at: stage.now, actor: ADMIN, action: 'import' };
    expect(entries).toMatchObject([
      { entry: { ...entry, subject: 'meter@example.org', outcome: 'registered' } },
      { entry: { ...entry, subject: 'meter@example.org n', outcome: 'claimed for anna@example.org as private' } },
    ]);
    expect(JSON.stringify(written)).not.toContain('top-secret');
  });
});
