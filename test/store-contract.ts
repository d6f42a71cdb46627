import { describe } from 'vitest';
import type { Store } from '../src/domain/ports.js';
import type { Limit, Retention } from '../src/domain/retention.js';
import { auditContract } from './store/contract/audit.js';
import { blockContract } from './store/contract/blocks.js';
import { erasureContract } from './store/contract/erasures.js';
import { friendContract } from './store/contract/friends.js';
import { joiningContract } from './store/contract/joining.js';
import { offerContract } from './store/contract/offers.js';
import { overviewContract } from './store/contract/overview.js';
import { ownershipContract } from './store/contract/ownership.js';
import { peripheryContract } from './store/contract/periphery.js';
import { queueContract } from './store/contract/queue.js';
import { readingContract } from './store/contract/readings.js';
import { recordingContract } from './store/contract/recordings.js';
import { retentionContract } from './store/contract/retention.js';
import { searchContract } from './store/contract/search.js';
import { thingContract } from './store/contract/things.js';
import { wordsContract } from './store/contract/words.js';

/** What a test asks of the store that is opened for it. */
export interface Opening {
  readonly now?: () => number;
  readonly retentionEndedMs?: number;
  readonly retention?: Retention;
  /** For how many days the audit trail is kept. */
  readonly retentionAudit?: Limit;
}
export type Open = (opening?: Opening) => Promise<Store>;

/** The suite that every engine must pass. `open` gives an empty store, which the suite closes. */
export function storeContract(name: string, open: Open): void {
  describe(`store contract: ${name}`, () => {
    thingContract(open);
    ownershipContract(open);
    offerContract(open);
    friendContract(open);
    searchContract(open);
    readingContract(open);
    retentionContract(open);
    erasureContract(open);
    wordsContract(open);
    joiningContract(open);
    queueContract(open);
    recordingContract(open);
    auditContract(open);
    blockContract(open);
    peripheryContract(open);
    overviewContract(open);
  });
}
