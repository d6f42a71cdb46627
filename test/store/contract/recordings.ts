import { describe, expect, it } from 'vitest';
import type { AuditEntry, Store } from '../../../src/domain/ports.js';
import type { Recording } from '../../../src/domain/recording/recording.js';
import type { Open } from '../../store-contract.js';
import { address, full, ownedBy, ownershipId, put, thing, write } from './samples.js';

const ENTRY: AuditEntry = { at: 1, actor: full('ann@x/r'), action: 'record', subject: 't@x', outcome: 'done' };
const [ID, OTHER] = [ownershipId('id1'), ownershipId('id2')];

function recording(more: Partial<Recording> = {}): Recording {
  return { ownership: ID, periodMs: 60_000, types: new Set(['momentary', 'status'] as const), due: 5, ...more };
}

export function recordingContract(open: Open): void {
  const opened = async (): Promise<Store> => {
    const store = await open();
    await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
    await put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id2') }));
    return store;
  };

  describe('recordings', () => {
    it('are one an ownership, the last; what is known of the last run stays', async () => {
      const store = await opened();
      expect(await store.recordings.of(ID)).toBeUndefined();
      expect(await store.recordings.put(recording(), ENTRY)).toBe(true);
      expect(await store.recordings.of(ID)).toEqual(recording());
      const last = { at: 7, outcome: 'done' };
      await store.recordings.ran(ID, last);
      const changed = recording({ periodMs: 10_000, types: new Set(['identity'] as const), due: 9 });
      expect(await store.recordings.put(changed, ENTRY)).toBe(true);
      expect(await store.recordings.of(ID)).toEqual({ ...changed, last });
      expect(await store.recordings.of(OTHER)).toBeUndefined();
      await store.close();
    });

    it('are due in the order of their times, until they are postponed', async () => {
      const store = await opened();
      expect(await store.recordings.nextDue()).toBeUndefined();
      await store.recordings.put(recording({ due: 20 }), ENTRY);
      await store.recordings.put(recording({ ownership: OTHER, due: 10 }), ENTRY);
      const due = async (by: number, limit = 9) =>
        (await store.recordings.due(by, limit)).map(({ ownership }) => ownership);
      expect([await due(9), await due(10), await due(20), await due(20, 1)]).toEqual([
        [],
        [OTHER],
        [OTHER, ID],
        [OTHER],
      ]);
      expect(await store.recordings.nextDue()).toBe(10);
      await store.recordings.postpone([
        { ownership: OTHER, due: 30 },
        { ownership: ownershipId('never'), due: 1 },
      ]);
      expect(await store.recordings.nextDue()).toBe(20);
      expect(await due(30)).toEqual([ID, OTHER]);
      await store.close();
    });

    it('end when they are removed, and with their ownership, with which they do not come back', async () => {
      const store = await opened();
      await store.recordings.put(recording(), ENTRY);
      await store.recordings.put(recording({ ownership: OTHER }), ENTRY);
      expect(await store.recordings.remove(ID, ENTRY)).toBe(true);
      expect(await store.recordings.remove(ID, ENTRY)).toBe(false);
      await write(store, { write: 'no-thing', address: address('u@x'), at: 50 });
      expect(await store.recordings.nextDue()).toBeUndefined();
      expect(await store.recordings.put(recording({ ownership: OTHER }), ENTRY)).toBe(false);
      expect(await store.recordings.put(recording({ ownership: ownershipId('never') }), ENTRY)).toBe(false);
      await store.recordings.ran(OTHER, { at: 1, outcome: 'late' });
      await put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id2', { since: 60 }) }), 60);
      expect(await store.recordings.of(OTHER)).toBeUndefined();
      await store.close();
    });
  });
}
