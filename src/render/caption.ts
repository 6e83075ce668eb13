/**
 * Numbers and names drawn into pictures, in a font of 5x7 pixels that is part of the program: fonts of a machine would give other bytes
 * on each, and servers have none.
 */

/** Characters, and their rows of dots. */
const FONT: readonly (readonly [characters: string, rows: readonly string[]])[] = [
  [
    '0123456789.:e-sx',
    [
      ' ###    #    ###  #####    #  #####   ##  #####  ###   ###                                     ',
      '#   #  ##   #   #    #    ##  #      #        # #   # #   #        ##                          ',
      '#  ##   #       #   #    # #  ####  #        #  #   # #   #        ##    ###         #### #   #',
      '# # #   #      #     #  #  #      # ####    #    ###   ####             #   # ##### #      # # ',
      '##  #   #     #       # #####     # #   #  #    #   #     #        ##   #####        ###    #  ',
      '#   #   #    #    #   #    #  #   # #   #  #    #   #    #   ##    ##   #               #  # # ',
      ' ###   ###  #####  ###     #   ###   ###   #     ###   ##    ##          ###        ####  #   #',
    ],
  ],
  [
    'ABCDEFGHIJKLM',
    [
      ' ###  ####   ###  ####  ##### #####  ###  #   #  ###    ### #   # #     #   # ',
      '#   # #   # #   # #   # #     #     #   # #   #   #      #  #  #  #     ## ## ',
      '#   # #   # #     #   # #     #     #     #   #   #      #  # #   #     # # # ',
      '##### ####  #     #   # ####  ####  # ### #####   #      #  ##    #     # # # ',
      '#   # #   # #     #   # #     #     #   # #   #   #      #  # #   #     #   # ',
      '#   # #   # #   # #   # #     #     #   # #   #   #   #  #  #  #  #     #   # ',
      '#   # ####   ###  ####  ##### #      #### #   #  ###   ##   #   # ##### #   # ',
    ],
  ],
  [
    'NOPQRSTUVWXYZ_',
    [
      '#   #  ###  ####   ###  ####   #### ##### #   # #   # #   # #   # #   # #####       ',
      '#   # #   # #   # #   # #   # #       #   #   # #   # #   # #   # #   #     #       ',
      '##  # #   # #   # #   # #   # #       #   #   # #   # #   #  # #  #   #    #        ',
      '# # # #   # ####  #   # ####   ###    #   #   # #   # # # #   #    # #    #         ',
      '#  ## #   # #     # # # # #       #   #   #   # #   # # # #  # #    #    #          ',
      '#   # #   # #     #  #  #  #      #   #   #   #  # #  # # # #   #   #   #           ',
      '#   #  ###  #      ## # #   # ####    #    ###    #    # #  #   #   #   ##### ##### ',
    ],
  ],
];
const [WIDE, HIGH] = [5, 7];

/** Pixels of a line of text: between its lines, and from one character to the next. */
export const LINE = HIGH;
export const ADVANCE = WIDE + 1;

/**
 * Draws text with its upper left corner at a place, white. `scale`: pixels along a dot of the font. Letters that the font
 * has not are capitals, other characters spaces; what does not fit into `room` pixels is left out.
 */
export function drawText(
  { rgb, width }: { readonly rgb: Uint8Array; readonly width: number },
  text: string,
  at: { readonly x: number; readonly y: number; readonly scale: number; readonly room: number },
): void {
  const fitting = text.slice(0, Math.max(0, Math.floor(at.room / (ADVANCE * at.scale))));
  for (const [place, character] of [...fitting].entries()) {
    const rows = rowsOf(character);
    if (!rows) continue;
    for (let row = 0; row < HIGH * at.scale; row++) {
      const dots = rows[Math.floor(row / at.scale)] as string;
      for (let column = 0; column < WIDE * at.scale; column++) {
        if (dots[Math.floor(column / at.scale)] !== '#') continue;
        const pixel = (at.y + row) * width + at.x + place * ADVANCE * at.scale + column;
        rgb.fill(255, 3 * pixel, 3 * pixel + 3);
      }
    }
  }
}

/** The dots of a character, row by row. */
function rowsOf(character: string): string[] | undefined {
  for (const one of [character, character.toUpperCase()])
    for (const [characters, rows] of FONT) {
      const glyph = characters.indexOf(one);
      if (glyph >= 0) return rows.map((row) => row.slice(glyph * ADVANCE, glyph * ADVANCE + WIDE));
    }
  return undefined;
}
