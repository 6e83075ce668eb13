/**
 * Which switches of POV-Ray's command line a scene may bring: those that shape what is rendered, and none that names a file,
 * a folder, a size, a stream, a display or a command, since the program states those itself.
 */

import { FractalError } from '../../errors.js';

const NUMBER = '\\d{1,6}(\\.\\d{1,9})?';
const ON_OFF = '(on|off|true|false|yes|no|1|0)';

/** As switches: POV-Ray's manual, 8.2 "Command-Line and INI-File Options". */
const SWITCHES = [
  'q\\d{1,2}',
  'a([01](\\.\\d{1,9})?)?',
  'am[123]',
  `ag${NUMBER}`,
  'r[1-9]',
  `j(${NUMBER})?`,
  'bm[12]',
  'mb\\d{0,6}',
  `mv[1-3]\\.\\d{1,3}`,
  'hr',
  'su',
  'ur',
  'uv',
  'ul',
  'ud',
];
/** As in an INI file. */
const ENTRIES = [
  'quality=\\d{1,2}',
  `antialias=${ON_OFF}`,
  'antialias_threshold=[0-3](\\.\\d{1,9})?',
  'antialias_depth=[1-9]',
  `antialias_gamma=${NUMBER}`,
  'sampling_method=[123]',
  `jitter=${ON_OFF}`,
  `jitter_amount=${NUMBER}`,
  `bounding=${ON_OFF}`,
  'bounding_threshold=\\d{1,6}',
  'bounding_method=[12]',
  `remove_bounds=${ON_OFF}`,
  `split_unions=${ON_OFF}`,
  `high_reproducibility=${ON_OFF}`,
  'version=[1-3]\\.\\d{1,3}',
  `file_gamma=(${NUMBER}|srgb)`,
];
const ALLOWED = new RegExp(`^([+-](${SWITCHES.join('|')})|${ENTRIES.join('|')})$`, 'i');

/** What to use in place of a switch that is not allowed. */
const WAYS: readonly (readonly [RegExp, string])[] = [
  [/^[+-][wh]\d|^(width|height)=/i, 'state the size with --width and --height'],
  [
    /^[+-]([so]?k[fi]?|kc|kf[fi]|[se]f)[\d.+-]|^(\w+_)?(clock|frame)=|^cyclic/i,
    'state the animation with --frames and --clock',
  ],
  [/^declare=/i, 'state variables with --declare'],
  [/^[+-][o]|^output_file_name=/i, 'state the output with --outfile'],
  [/^[+-]f|^output_file_type=/i, 'the outfile states the format'],
  [/^[+-]l|^library_path=/i, "put the files into the scene's folder"],
  [/^[+-]wt|^work_threads=/i, 'each shard has one thread'],
  [/^[+-](s[rc]|e[rc])|^(start|end)_(row|column)=/i, 'the program divides the picture itself'],
  [/^[+-][dpvx]/i, 'nothing is displayed'],
  [/_command=|_return=/i, 'scenes run no commands'],
  [/^[+-]ua|^output_alpha=/i, 'pictures have no alpha channel'],
  [/^[+-]rf/i, 'a radiosity file would be written'],
];

/** @throws FractalError REQUEST_INVALID for a switch that POV-Ray is not given */
export function checkOption(option: string): void {
  if (ALLOWED.test(option)) return;
  const [, way] = WAYS.find(([pattern]) => pattern.test(option)) ?? [];
  const rest =
    'allowed are those of quality, anti-aliasing, bounding and gamma, such as +Q9 +A0.1 +AM2 +R3 -J File_Gamma=sRGB';
  const shown = JSON.stringify(option.slice(0, 60));
  throw new FractalError('REQUEST_INVALID', `POV-Ray's option ${shown} is not passed on: ${way ?? rest}`);
}
