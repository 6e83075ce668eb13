/**
 * Numbers drawn into pictures, in a font of 5x7 pixels that is part of the program: fonts of a machine would give other bytes
 * on each, and servers have none.
 */

const CHARACTERS = '0123456789.:e-sx';
const ROWS = [
  ' ###    #    ###  #####    #  #####   ##  #####  ###   ###                                     ',
  '#   #  ##   #   #    #    ##  #      #        # #   # #   #        ##                          ',
  '#  ##   #       #   #    # #  ####  #        #  #   # #   #        ##    ###         #### #   #',
  '# # #   #      #     #  #  #      # ####    #    ###   ####             #   # ##### #      # # ',
  '##  #   #     #       # #####     # #   #  #    #   #     #        ##   #####        ###    #  ',
  '#   #   #    #    #   #    #  #   # #   #  #    #   #    #   ##    ##   #               #  # # ',
  ' ###   ###  #####  ###     #   ###   ###   #     ###   ##    ##          ###        ####  #   #',
];
const [WIDE, HIGH] = [5, 7];

/** Pixels of a line of text: between its lines, and from one character to the next. */
export const LINE = HIGH;
export const ADVANCE = WIDE + 1;

/**
 * Draws text with its upper left corner at a place, white. `scale`: pixels along a dot of the font. Characters that the font
 * has not are spaces; what does not fit into `room` pixels is left out.
 */
export function drawText(
  { rgb, width }: { readonly rgb: Uint8Array; readonly width: number },
  text: string,
  at: { readonly x: number; readonly y: number; readonly scale: number; readonly room: number },
): void {
  const fitting = text.slice(0, Math.max(0, Math.floor(at.room / (ADVANCE * at.scale))));
  for (const [place, character] of [...fitting].entries()) {
    const glyph = CHARACTERS.indexOf(character);
    if (glyph < 0) continue;
    for (let row = 0; row < HIGH * at.scale; row++) {
      const dots = ROWS[Math.floor(row / at.scale)] as string;
      for (let column = 0; column < WIDE * at.scale; column++) {
        if (dots[glyph * ADVANCE + Math.floor(column / at.scale)] !== '#') continue;
        const pixel = (at.y + row) * width + at.x + place * ADVANCE * at.scale + column;
        rgb.fill(255, 3 * pixel, 3 * pixel + 3);
      }
    }
  }
}
