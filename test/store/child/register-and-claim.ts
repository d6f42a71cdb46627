// Registers, claims and pushes on many Things at once, for ever, and says on its output what was acknowledged: a line
// that is there is a promise that was resolved. To be killed.
import { writeSync } from 'node:fs';
import type { Store } from '../../../src/domain/ports.js';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { address, ownedBy, ownershipId, put, reading, thing } from '../contract/samples.js';

const [file = '', side = '64'] = process.argv.slice(2);
// Sealing goes on all the time, too.
const store: Store = openSqliteStore({ file, sealFrom: 2_000 });
const acknowledged = (line: string): void => void writeSync(1, `${line}\n`);

let next = 0;
async function worker(): Promise<never> {
  for (;;) {
    const n = next++;
    const jid = `t${n}@x`;
    await put(store, thing(jid, { claimDigest: `d${n}` }));
    acknowledged(`registered ${n}`);
    await store.things.changeMatching(`d${n}`, ([found]) => ({
      outcome: undefined,
      writes: found
        ? [{ write: 'thing', thing: thing(jid, { ownership: ownedBy('ann@x', `id${n}`, { isPublic: true }) }), at: 2 }]
        : [],
    }));
    acknowledged(`claimed ${n}`);
    await store.readings.add([{ ownership: ownershipId(`id${n}`), readings: [reading(n, String(n))] }]);
    acknowledged(`stored ${n}`);
    if (n % 10 === 0) {
      await store.things.changeAt(address(jid), () => ({
        outcome: undefined,
        writes: [{ write: 'no-thing', address: address(jid), at: 3 }],
      }));
      acknowledged(`forgotten ${n}`);
    }
  }
}
await Promise.all(Array.from({ length: Number(side) }, worker));
