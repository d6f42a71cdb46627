/** Exit statuses of `thingstead`. What is done is 0. */
export const NOT_DONE = 1;
export const WRONG = 2;
export const NOT_REACHED = 3;
export const FORBIDDEN = 4;
export const INTERRUPTED = 130;

/** What they mean, for `thingstead --help`; README has the same. */
export const EXIT_STATUSES: readonly (readonly [number, string])[] = [
  [0, 'it was done; serve and device: they were stopped'],
  [NOT_DONE, 'it was not done, or not all of it: it was refused, nothing came, or check found a fault'],
  [WRONG, 'it was asked for wrongly: options, settings, values, or no --yes'],
  [NOT_REACHED, 'the server or the registry was not reached, or the account was not let in'],
  [FORBIDDEN, 'the account has no right to it'],
  [INTERRUPTED, 'it was interrupted'],
];
