import { backfill } from './backfill.js';
import { myThings } from './my-things.js';
import type { Operation } from './operation.js';
import { record } from './record.js';
import { retention } from './retention.js';
import { share } from './share.js';
import { unshare } from './unshare.js';
import { visibility } from './visibility.js';

/** THE TABLE of operations. Ad-hoc commands and the command line follow from it; later faces will. */
export const OPERATIONS: readonly Operation[] = [myThings, record, backfill, share, unshare, visibility, retention];
