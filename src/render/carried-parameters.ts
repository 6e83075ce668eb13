/** The parameters in a picture or film, with which it can be rendered again: which formats can hold how much. */

/** Under which a PNG holds its parameters. */
export const KEYWORD = 'fractal';

/** The parameters of one frame, or of the whole film. */
export type ParametersOf = (of: 'frame' | 'film') => string;

interface Warning {
  readonly outfile: string;
  readonly warn?: (line: string) => void;
}

/**
 * The longest text that a format can hold; absent: none. XMP is one segment of a JPEG; a film's comment is one argument
 * of ffmpeg, for which Linux allows 131,072 bytes.
 */
const LONGEST_TEXT: Readonly<Record<string, number>> = {
  ...{ png: 2 ** 21, webp: 2 ** 21, tiff: 2 ** 21, exr: 2 ** 21, jpeg: 45_000 },
  ...{ mp4: 120_000, mov: 120_000, matroska: 120_000, webm: 120_000 },
};

/** Computes the text, which is needed only where the format can hold it. */
export type Text = () => string;

/** The parameters of a frame, or of a film, where the format can hold them; the first text that is left out is a warning. */
export function parameterLimit(
  { warn, outfile }: Warning,
  type: string,
): (parameters: Text | undefined) => string | undefined {
  let warned = false;
  const longest = LONGEST_TEXT[type];
  return (parameters) => {
    const text = longest === undefined ? undefined : parameters?.();
    if (text === undefined || text.length <= (longest as number)) return text;
    const size = `${text.length} characters, a ${type} holds ${longest}`;
    if (!warned)
      warn?.(`${outfile} will not contain its parameters, which are too long: ${size}; a .png can hold them`);
    warned = true;
    return undefined;
  };
}
