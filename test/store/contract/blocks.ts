import { describe, expect, it } from 'vitest';
import type { Block } from '../../../src/domain/block.js';
import type { Open } from '../../store-contract.js';
import { bare, full } from './samples.js';

export function blockContract(open: Open): void {
  describe('blocks', () => {
    it('are one a subject, and each change leaves its entry in the audit trail', async () => {
      const store = await open();
      const actor = full('admin@x/r');
      const jid: Block = { subject: bare('ann@x'), actor, at: 2, reason: 'noise' };
      const domain: Block = { subject: '@far.y', actor, at: 1, reason: '' };
      const audited = (action: string, subject: string) => ({ at: 1, actor, action, subject, outcome: 'done' });
      expect(await store.blocks.all()).toEqual([]);
      expect(await store.blocks.put(jid, audited('block', 'ann@x'))).toBe(true);
      expect(await store.blocks.put(domain, audited('block', '@far.y'))).toBe(true);
      expect(await store.blocks.put({ ...jid, reason: 'other' }, audited('block', 'again'))).toBe(false);
      expect(await store.blocks.all()).toEqual([domain, jid]);
      expect(await store.blocks.remove(bare('bert@x'), audited('unblock', 'bert@x'))).toBe(false);
      expect(await store.blocks.remove(bare('ann@x'), audited('unblock', 'ann@x'))).toBe(true);
      expect(await store.blocks.all()).toEqual([domain]);
      const { entries } = await store.audit.read({ domain: bare('things.x') }, 10);
      expect(entries.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
        'unblock ann@x',
        'block @far.y',
        'block ann@x',
      ]);
      await store.close();
    });
  });
}
