/** How far a search looks at what before it does something else. */
export interface Pace {
  /** Of fewer candidates than this all are looked at. Counting so far costs less than guessing wrong. */
  readonly few: number;
  /** Things whose tags are looked at before others have their turn: some milliseconds' work. */
  readonly step: number;
  /** How wide a stretch of the order of registration is in which long lists are merged: as long as a step takes. */
  readonly window: number;
  /** After so many steps that did not fill the page it is worth looking for a rare text through all values. */
  readonly stepsBeforeMask: number;
}
export const PACE: Pace = { few: 5_000, step: 2_000, window: 32_768, stepsBeforeMask: 5 };
