import type { ThingStore } from '../../domain/ports.js';
import type { Broker } from '../../domain/read-out/broker.js';
import type { Refusals } from '../../domain/refusals.js';
import type { ClaimedThing, Thing } from '../../domain/thing.js';
import type { TimeZone } from '../../domain/time-zone.js';
import type { TellOwners } from '../../domain/words/tell-owners.js';
import type { Element } from '../../xmpp/element.js';
import type { Protocol } from '../../xmpp/protocol.js';
import type { Over } from '../over.js';
import { SENSOR_DATA } from './codec.js';
import type { ReportLimits } from './limits.js';
import { createReportHandlers, RECEIPTS } from './report-handler.js';
import { createRequestHandlers, rejected } from './request-handler.js';

export interface SensorDataDeps {
  readonly broker: Broker;
  readonly store: { readonly things: ThingStore };
  readonly refusals: Pick<Refusals, 'note'>;
  /** The zone of a Thing; without one, that of the component. */
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
  readonly send: (stanza: Element) => boolean;
  /** See {@link ReportHandlerDeps}. */
  readonly tellOwners: Pick<TellOwners, 'refused'>;
  /** What reports may hold; see {@link LIMITS} for what is usual. */
  readonly reportLimits?: ReportLimits;
  readonly over?: Over;
}

/**
 * Internet of Things - Sensor Data (XEP-0323 version 0.6), as reader of devices and as device toward readers, with the
 * receipts of XEP-0184 for what devices push. Requests are taken as get and set alike, at every address of ours.
 */
export function sensorDataProtocol(deps: SensorDataDeps): Protocol<ClaimedThing> {
  const features = [SENSOR_DATA, RECEIPTS];
  const requests = createRequestHandlers(deps);
  const reports = createReportHandlers({
    ...deps,
    things: deps.store.things,
    refused: deps.tellOwners.refused,
    ...(deps.reportLimits && { limits: deps.reportLimits }),
  });
  const messages = Object.entries(reports).map(([name, handle]) => ({
    ...{ xmlns: SENSOR_DATA, name, handle },
    at: 'both' as const,
  }));
  return {
    name: '0323-sensor-data',
    features: { domain: features, local: features },
    iqs: Object.entries(requests).map(([name, handle]) => ({
      xmlns: SENSOR_DATA,
      name,
      types: ['get', 'set'],
      at: 'both',
      handle,
      ...(name === 'req' && { refuse: rejected }),
    })),
    messages,
    // Some devices answer `req` by the readings themselves.
    results: messages,
    // What comes back from a reader comes from nobody who reads.
    bounced: (from) => deps.broker.readerGone(from.full),
  };
}
