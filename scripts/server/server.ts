/** A running XMPP server that was started here. Its ports stay the same through `restart`. */
export interface Server {
  /** The address to connect to. */
  readonly address: string;
  /** The XMPP host: accounts are `user@host`. */
  readonly host: string;
  /** The component's domain and secret, and what THINGSTEAD_SERVICE is to be. */
  readonly domain: string;
  readonly secret: string;
  readonly service: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  /** Stops it in good order and removes all that it left. Does nothing the second time. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL. `restart` brings it back; `stop` cleans up. */
  kill(): Promise<void>;
  /** Has it hang until `resume`: its connections stay, and nothing is read or written. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops it if it runs, starts it with the accounts and rosters that it had, and waits until it listens. */
  restart(): Promise<void>;
  /** What it has logged so far. */
  logs(): Promise<string>;
}
