import type { ServerSettings } from './configuration.js';

/** What an engine needs to be told. `configurationFor` makes its ejabberd.yml, as shipped but for what it gives. */
export interface EngineOptions {
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  configurationFor(inside: Pick<ServerSettings, 'address' | 'registrationFrom'>): string;
  /** The port of loopback at which it asks who serves a domain, where it federates. */
  readonly nameServer?: number | undefined;
}
