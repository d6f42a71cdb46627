import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/ports.js';
import type { SilentThing, Words } from '../../../src/domain/words/owner-words.js';
import type { Open } from '../../store-contract.js';
import { address, bare, ownedBy, ownershipId, put, reading, str, thing, write } from './samples.js';

const [ANN, BOB] = [bare('ann@x'), bare('bob@x')];
const ENTRY = { at: 1, actor: ANN, action: 'notify', subject: '', outcome: 'on' } as const;
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const lamp = (owner: string, id: string, more = {}) =>
  thing('t@x', { tags: [str('NAME', 'Lamp')], ownership: ownedBy(owner, id, more) });
const said = (text: string): Words => ({ to: ANN, text, isUnasked: false });

export function wordsContract(open: Open): void {
  describe('words', () => {
    it('of a change of ownership are owed together with it, to those who want to be told', async () => {
      const store = await open();
      await put(store, lamp('ann@x', 'id1'));
      expect(await store.words.receivers()).toEqual([]);
      expect(await store.words.setNotified(BOB, false, ENTRY)).toBe(false);
      expect(await store.words.setNotified(BOB, true, ENTRY)).toBe(true);
      expect(await store.words.setNotified(BOB, true, ENTRY)).toBe(false);
      expect((await store.audit.read({ domain: BOB, action: 'notify' }, 9)).entries).toEqual([ENTRY]);
      expect([await store.words.isNotified(ANN), await store.words.isNotified(BOB)]).toEqual([false, true]);
      await put(store, lamp('bob@x', 'id2'), 5);
      expect(await store.words.receivers()).toEqual([BOB]);
      expect(await texts(store, BOB)).toEqual(['"Lamp" (t@x) is yours now.']);
      await put(store, lamp('bob@x', 'id2', { sharedWith: [ANN], isPublic: true }), 6);
      await put(store, thing('t@x', { tags: [] }), 7);
      await put(store, lamp('bob@x', 'id2'), 8);
      await write(store, { write: 'no-thing', address: address('t@x'), at: 9 });
      expect((await texts(store, BOB)).slice(1)).toEqual([
        '"Lamp" (t@x) is not yours any more: it has no owner now.',
        '"Lamp" (t@x) is yours now.',
        '"Lamp" (t@x) is not yours any more: it was taken out of the registry.',
      ]);
      expect(await texts(store, ANN)).toEqual([]);
      await store.close();
    });

    it('of an offer are owed to whom it is made, asked or not; of its end to the owner who wants to be told', async () => {
      const store = await open();
      const offer = { to: BOB, withHistory: true, until: 1e12 };
      await put(store, lamp('ann@x', 'id1'));
      await store.words.setNotified(ANN, true, ENTRY);
      await put(store, lamp('ann@x', 'id1', { offer }));
      await put(store, lamp('ann@x', 'id1', { offer, sharedWith: [bare('cy@x')] }));
      await put(store, lamp('ann@x', 'id1'));
      expect([await texts(store, ANN), await texts(store, BOB)]).toEqual([
        ['The offer of "Lamp" (t@x) to bob@x has ended; it is yours still.'],
        [expect.stringMatching(/^ann@x offers you "Lamp" \(t@x\), with its readings\. Until 2001-09-09T01:46:40Z /)],
      ]);
      await store.close();
    });

    it('are not owed where the change fails', async () => {
      const store = await open();
      await store.words.setNotified(ANN, true, ENTRY);
      await put(store, lamp('bob@x', 'id1'));
      const both = [
        { write: 'thing', thing: lamp('ann@x', 'id2'), at: 2 },
        { write: 'thing', thing: lamp('cy@x', 'id1'), at: 2 },
      ] as const;
      await expect(write(store, ...both)).rejects.toThrow();
      expect(await store.words.receivers()).toEqual([]);
      await store.close();
    });

    it('are told in order, and forgotten as far as they were told or too old', async () => {
      const store = await open();
      await store.words.setNotified(ANN, true, ENTRY);
      for (const [index, text] of ['a', 'b', 'c', 'd'].entries()) await store.words.owe(said(text), index);
      await store.words.owe({ to: BOB, text: 'e', isUnasked: true }, 9);
      await store.words.owe({ to: BOB, text: 'f', isUnasked: false }, 9);
      expect(await store.words.receivers()).toEqual([ANN, BOB]);
      const { words, total, last } = await store.words.owedTo(ANN, 2);
      expect([words.map(({ text }) => text), total]).toEqual([['a', 'b'], 4]);
      await store.words.forgetBefore(1);
      expect(await texts(store, ANN)).toEqual(['b', 'c', 'd']);
      await store.words.settle(ANN, words[1]?.key ?? 0);
      expect(await texts(store, ANN)).toEqual(['c', 'd']);
      await store.words.settle(ANN, last);
      expect(await store.words.receivers()).toEqual([BOB]);
      expect(await texts(store, BOB)).toEqual(['e']);
      await store.close();
    });

    it('that are owed are not told to who wants no more of them, but for what is told in any case', async () => {
      const store = await open();
      await store.words.setNotified(ANN, true, ENTRY);
      await store.words.owe(said('a'), 1);
      await store.words.owe({ ...said('b'), isUnasked: true }, 1);
      await store.words.setNotified(ANN, false, ENTRY);
      await store.words.owe(said('c'), 1);
      expect(await texts(store, ANN)).toEqual(['b']);
      await store.close();
    });

    it('of refused readings are owed once in a time for each Thing', async () => {
      const store = await open();
      await put(store, lamp('ann@x', 'id1'));
      await put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id2') }));
      const refuse = (id: string, text: string, at: number) =>
        store.words.oweRefusal(ownershipId(id), said(text), at, at - DAY);
      await refuse('id1', 'early', 2 * DAY);
      await store.words.setNotified(ANN, true, ENTRY);
      await refuse('id1', 'a', 3 * DAY);
      await refuse('id1', 'b', 4 * DAY - 1);
      await refuse('id2', 'c', 4 * DAY - 1);
      await refuse('id1', 'd', 4 * DAY);
      await refuse('never', 'e', 4 * DAY);
      expect(await texts(store, ANN)).toEqual(['a', 'c', 'd']);
      await store.close();
    });

    it('of silence are owed once, of each Thing of who wants to be told, until it is heard again', async () => {
      let now = 10 * DAY;
      const store = await open({ now: () => now });
      await put(store, lamp('ann@x', 'id1', { since: 10 * DAY }));
      await put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id2', { since: 1 }) }));
      await put(store, thing('v@x', { ownership: ownedBy('bob@x', 'id3', { since: 1 }) }));
      await put(store, thing('w@x', { ownership: ownedBy('ann@x', 'id4', { since: 1, selfOwned: true }) }));
      await store.words.setNotified(ANN, true, ENTRY);
      const words = ({ thing: { address: at }, heard }: SilentThing) => said(`${at.jid} ${heard / DAY}`);
      const sweep = async () => {
        while (await store.words.oweSilence(now - DAY, now, 1, words));
        const owed = await store.words.owedTo(ANN, 9);
        await store.words.settle(ANN, owed.last);
        return owed.words.map(({ text }) => text);
      };
      await store.words.settle(ANN, Number.MAX_SAFE_INTEGER);
      await store.readings.add([{ ownership: ownershipId('id2'), readings: [reading(1, '1')] }]);
      expect(await sweep()).toEqual([]);
      now = 11 * DAY + 1;
      expect((await sweep()).sort()).toEqual(['t@x 10', 'u@x 10']);
      now = 13 * DAY;
      expect(await sweep()).toEqual([]);
      await write(store, { write: 'heard', address: address('u@x'), at: now });
      await store.readings.add([{ ownership: ownershipId('id1'), readings: [reading(1, '1')] }]);
      now += 30 * 60 * 1000;
      await store.readings.add([{ ownership: ownershipId('id1'), readings: [reading(2, '1')] }]);
      now = 14 * DAY + 1;
      // Heard half an hour later once more, which is not noted.
      expect((await sweep()).sort()).toEqual(['t@x 13', 'u@x 13']);
      await store.close();
    });
  });
}

async function texts(store: Store, jid: typeof ANN): Promise<string[]> {
  return (await store.words.owedTo(jid, 99)).words.map(({ text }) => text);
}
