/** What we use of the package, which brings no types. */
declare module '@lhncbc/ucum-lhc' {
  /** A row of UCUM's table. */
  export interface UcumRow {
    readonly csCode_: string;
    readonly source_: string | null;
    readonly isBase_: boolean;
    readonly isMetric_: boolean;
    readonly isSpecial_: boolean;
    readonly isArbitrary_: boolean;
    readonly cnv_: string | null;
    readonly property_: string | null;
    readonly csUnitString_: string | null;
    readonly baseFactorStr_: string | null;
    readonly magnitude_: number;
  }
  export const UcumLhcUtils: {
    getInstance(): {
      /** In doubles: tests hold our exact results against it. */
      convertUnitTo(
        from: string,
        value: number,
        to: string,
      ): { readonly status: string; readonly toVal: number | null };
    };
  };
  export const UnitTables: { getInstance(): { allUnitsByDef(): readonly UcumRow[] } };
}
