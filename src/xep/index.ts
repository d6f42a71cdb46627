import type { Access } from '../domain/access.js';
import type { BareJid } from '../domain/jid.js';
import type { Notifier } from '../domain/notifier.js';
import type { Clock, Store } from '../domain/ports.js';
import type { Reach } from '../domain/reach.js';
import type { Broker } from '../domain/read-out/broker.js';
import type { Refusals } from '../domain/refusals.js';
import type { Registry } from '../domain/registry.js';
import type { Sessions } from '../domain/sessions.js';
import type { ClaimedThing, Thing } from '../domain/thing.js';
import type { TimeZone } from '../domain/time-zone.js';
import type { TellOwners } from '../domain/words/tell-owners.js';
import type { Caller } from '../xmpp/caller.js';
import type { Element } from '../xmpp/element.js';
import type { Log } from '../xmpp/log.js';
import type { Protocol } from '../xmpp/protocol.js';
import { discoProtocol } from './0030-disco/index.js';
import { type CommandDeps, commandsProtocol } from './0050-commands/index.js';
import { versionProtocol } from './0092-version/index.js';
import { pingProtocol } from './0199-ping/index.js';
import { timeProtocol } from './0202-time/index.js';
import { sensorDataProtocol } from './0323-sensor-data/index.js';
import type { ReportLimits } from './0323-sensor-data/limits.js';
import { provisioningProtocol } from './0324-provisioning/index.js';
import { registryProtocol } from './0347-registry/index.js';
import type { Over } from './over.js';

/** All that the protocols are made of; each takes what it needs. */
export interface ProtocolDeps {
  readonly domain: BareJid;
  /** What the component calls itself in service discovery. */
  readonly name: () => string;
  readonly version: string;
  readonly store: Store;
  readonly access: Access;
  readonly caller: Caller;
  readonly registry: Registry;
  readonly notifier: Notifier;
  readonly reach: Reach;
  readonly sessions: Sessions;
  readonly broker: Broker;
  readonly tellOwners: TellOwners;
  readonly refusals: Refusals;
  readonly reportLimits: ReportLimits;
  readonly over: Over;
  readonly commands: CommandDeps;
  /** The zone of a Thing; without one, that of the component. */
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
  readonly clock: Clock;
  readonly send: (stanza: Element) => boolean;
  readonly log: Log;
  /** Told of what failed after an answer was given. */
  readonly onFault: (error: unknown) => void;
}

/** THE TABLE: routing and the features in service discovery follow from it. */
export function protocols(deps: ProtocolDeps): readonly Protocol<ClaimedThing>[] {
  const table: readonly Protocol<ClaimedThing>[] = [
    // Service discovery tells of the whole table, itself included.
    discoProtocol({ ...deps, protocols: () => table }),
    commandsProtocol(deps.commands),
    versionProtocol(deps),
    pingProtocol(),
    timeProtocol(deps),
    sensorDataProtocol(deps),
    provisioningProtocol(deps),
    registryProtocol(deps),
  ];
  return table;
}
