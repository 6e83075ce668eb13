/** Colours for the page of the explorer, as app/explorer-palettes.ts gives them: palettes, tables, files that hold palettes. */

export interface Palettes {
  list(): readonly PaletteEntry[];
  /**
   * `flags`: of colours, by name; others that shape samples are ignored.
   * @throws FractalError REQUEST_INVALID, PALETTE_UNKNOWN, PALETTE_INVALID
   */
  table(flags: Readonly<Record<string, string>>): PaletteAnswer;
  /** `name`: of the file. @throws FractalError REQUEST_INVALID, PALETTE_INVALID, LOCATION_FILE */
  imported(name: string, content: Uint8Array): Promise<ImportedPalette>;
}

export interface PaletteEntry {
  readonly name: string;
  /** `gobrot`: the older form of a palette; `mode`: a formula of the count. */
  readonly group: 'palette' | 'gobrot' | 'mode';
  readonly flags: Readonly<Record<string, string>>;
  /** Hex colours, at even distances. */
  readonly swatch: readonly string[];
}

/** Colours of a picture of 720 rows or less as numbers: render/paint.ts has what they mean. */
export interface PaletteAnswer {
  readonly kind: 'cycle' | 'bands' | 'ramp' | 'distance';
  /** Entries of the table; one more, the last one, is the interior's. */
  readonly size: number;
  /** Linear light, 3 numbers an entry: little-endian floats of 32 bits in base64. */
  readonly linear: string;
  /** Cycles of the palette in the table. */
  readonly cycles: number;
  /** As the flags have them: in cycles of the palette. */
  readonly density: number;
  readonly offset: number;
  /** Knots of `--color-curve`. */
  readonly curve?: readonly (readonly [root: number, cycles: number])[];
  /** A ramp without colours between its ends. */
  readonly hard: boolean;
  readonly interior?: 'period' | 'multiplier' | 'distance';
  readonly lights: readonly Readonly<Record<LightNumber, number>>[];
  readonly shade?: Readonly<Record<ShadeNumber, number>>;
  readonly patterns?: Readonly<Partial<Record<'stripes' | 'decomposition' | 'lines', PatternNumbers>>>;
}

export type LightNumber = 'right' | 'up' | 'red' | 'green' | 'blue' | 'specular' | 'shininess';
export type ShadeNumber = 'width' | 'strength' | 'red' | 'green' | 'blue';

export interface PatternNumbers {
  readonly count: number;
  readonly strength: number;
}

export interface ImportedPalette {
  /** `palette`, as text that needs no file, and what else of colours the file holds. */
  readonly flags: Readonly<Record<string, string>>;
  /** What of the file is not used, or differs. */
  readonly notes: readonly string[];
}
