/** Where a JSON object ends in bytes that arrive piece by piece. */

const [OPEN, CLOSE, QUOTE, BACKSLASH] = [...Buffer.from('{}"\\')] as [number, number, number, number];
const BLANKS = new Set(Buffer.from(' \t\r\n'));

/** A function of each next piece: the number of bytes in it up to the end of the object, `more`, or `other` for no object. */
export function objectEnd(): (piece: Uint8Array) => number | 'more' | 'other' {
  let depth = 0;
  let quoted = false;
  let escaped = false;
  return (piece) => {
    for (const [at, byte] of piece.entries()) {
      if (depth === 0 && byte !== OPEN) {
        if (BLANKS.has(byte)) continue;
        return 'other';
      }
      if (escaped) escaped = false;
      else if (quoted && byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) quoted = !quoted;
      else if (!quoted && byte === OPEN) depth++;
      else if (!quoted && byte === CLOSE && --depth === 0) return at + 1;
    }
    return 'more';
  };
}
