import { accept } from './accept.js';
import { backfill } from './backfill.js';
import { claim } from './claim.js';
import { decline } from './decline.js';
import { deleteThing } from './delete.js';
import { disown } from './disown.js';
import { erase } from './erase.js';
import { eraseFormer } from './erase-former.js';
import { importThings } from './import.js';
import { move } from './move.js';
import { myThings } from './my-things.js';
import type { Operation } from './operation.js';
import { record } from './record.js';
import { release } from './release.js';
import { remove } from './remove.js';
import { replace } from './replace.js';
import { retention } from './retention.js';
import { search } from './search.js';
import { share } from './share.js';
import { transfer } from './transfer.js';
import { unshare } from './unshare.js';
import { update } from './update.js';
import { visibility } from './visibility.js';

/** THE TABLE of operations. Ad-hoc commands and the command line follow from it; later faces will. */
export const OPERATIONS: readonly Operation[] = [
  claim,
  myThings(() => OPERATIONS),
  search,
  update,
  record,
  backfill,
  share,
  unshare,
  visibility,
  transfer,
  accept,
  decline,
  replace,
  disown,
  remove,
  erase,
  eraseFormer,
  release,
  move,
  deleteThing,
  retention,
  importThings,
];
