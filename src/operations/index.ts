import { accept } from './accept.js';
import { announce } from './announce.js';
import { audit } from './audit.js';
import { backfill } from './backfill.js';
import { backup } from './backup.js';
import { block } from './block.js';
import { claim } from './claim.js';
import { decline } from './decline.js';
import { deleteThing } from './delete.js';
import { deleteUnclaimed } from './delete-unclaimed.js';
import { devices } from './devices.js';
import { disown } from './disown.js';
import { erase } from './erase.js';
import { eraseFormer } from './erase-former.js';
import { exportThings } from './export.js';
import { history } from './history.js';
import { importThings } from './import.js';
import { limits } from './limits.js';
import { logLevel } from './log-level.js';
import { move } from './move.js';
import { myThings } from './my-things.js';
import { notify } from './notify.js';
import type { Operation } from './operation.js';
import { purge } from './purge.js';
import { read } from './read.js';
import { record } from './record.js';
import { release } from './release.js';
import { reload } from './reload.js';
import { remove } from './remove.js';
import { replace } from './replace.js';
import { requests } from './requests.js';
import { retention } from './retention.js';
import { search } from './search.js';
import { share } from './share.js';
import { statistics } from './statistics.js';
import { things } from './things.js';
import { transfer } from './transfer.js';
import { unblock } from './unblock.js';
import { unshare } from './unshare.js';
import { update } from './update.js';
import { visibility } from './visibility.js';

/** THE TABLE of operations. Ad-hoc commands and the command line follow from it; later faces will. */
export const OPERATIONS: readonly Operation[] = [
  claim,
  myThings(() => OPERATIONS),
  search,
  update,
  read,
  history,
  requests,
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
  exportThings,
  notify,
  audit,
  things,
  devices,
  statistics,
  limits,
  release,
  move,
  deleteThing,
  deleteUnclaimed,
  retention,
  block,
  unblock,
  importThings,
  purge,
  announce,
  backup,
  logLevel,
  reload,
];
