import { first } from './0001-first.js';
import { queue } from './0002-queue.js';
import { recording } from './0003-recording.js';
import { friends } from './0004-friends.js';
import { retention } from './0005-retention.js';
import { administration } from './0006-administration.js';
import { sealedReadings } from './0007-sealed-readings.js';
import { places } from './0008-places.js';
import { models } from './0009-models.js';

/** The steps from an empty database to the present schema, in order: step n brings it to version n. Never changed once released. */
export const MIGRATIONS: readonly string[] = [
  first,
  queue,
  recording,
  friends,
  retention,
  administration,
  sealedReadings,
  places,
  models,
];
