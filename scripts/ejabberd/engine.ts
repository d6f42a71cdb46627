import type { ServerSettings } from './configuration.js';

/** What an engine needs to be told. `configurationFor` makes its ejabberd.yml, as shipped but for what it gives. */
export interface EngineOptions {
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  configurationFor(inside: Pick<ServerSettings, 'address' | 'registrationFrom'>): string;
  /** Addresses of hosts that ejabberd is to find before it asks anybody: JID domain to IPv4 address. */
  readonly addresses?: Readonly<Record<string, string>> | undefined;
}
