/** What was found of an installation, for its operator. */
export interface Finding {
  /** `fault`: something is lost, open to others, or will not run. `warning`: nothing is, but somebody has to know. */
  readonly level: 'ok' | 'warning' | 'fault';
  /** What was looked at, in a word or two. */
  readonly about: string;
  /** What was found. Never with anything secret. */
  readonly words: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly todo?: string;
}
