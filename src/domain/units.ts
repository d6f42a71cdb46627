/** Knows units of measurement. Nothing is guessed: what is not understood, or could be two things, is refused by name. */
export interface Units {
  /**
   * What a value is in another unit, exactly: where the result ends (within 34 digits) it is given in full, else
   * rounded to 15 significant digits. Another spelling of the same unit leaves the value as it is, to the digit.
   * @param value as written (xs:double, without INF and NaN).
   * @param from the unit as the device wrote it.
   * @param to the unit asked for, in any spelling that a device may use.
   * @returns or, in words for who asked, why it cannot be.
   */
  convert(value: string, from: string, to: string): Converted;
  /** The UCUM code of a unit, or, in words for who asked, why it is not understood. */
  code(unit: string): { readonly code: string } | { readonly refused: string };
}

export type Converted = { readonly value: string } | { readonly refused: string };
