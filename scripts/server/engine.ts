/** One server, whatever it runs in. It can be started again after `stop` and `kill`, with the accounts that it had. */
export interface Engine {
  /** Starts it. Resolves when it runs, not yet when it listens. */
  start(): Promise<void>;
  /** Whether it still runs; false from the moment that it ended of itself. */
  running(): Promise<boolean>;
  /** Ends it in good order and resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Has it hang until `resume`: its connections stay, and nothing is read or written. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** All that it has logged since it was made. */
  logs(): Promise<string>;
  /** Removes what it left on disk. It must not run any more. */
  remove(): Promise<void>;
}
