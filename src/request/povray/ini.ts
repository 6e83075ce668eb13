/**
 * POV-Ray's .ini files: what of them a scene is rendered with. Keys and switches as in POV-Ray's reference, "Command-Line
 * and INI-File Options".
 */

/** Values as text, by the name of a key in small letters; the last one counts. */
export interface Ini {
  readonly values: ReadonlyMap<string, string>;
  /** `Declare=name=value`, in order. */
  readonly declares: readonly string[];
  /** Entries and switches about quality, which are passed on to POV-Ray, in order. */
  readonly options: readonly string[];
  /** As written, without their values: not used. */
  readonly unused: readonly string[];
}

/** Keys that the program itself uses, each with its switch. */
const OWN: Readonly<Record<string, RegExp>> = {
  width: /^\+w(?=\d)/i,
  height: /^\+h(?=\d)/i,
  initial_frame: /^\+kfi(?=\d)/i,
  final_frame: /^\+kff(?=\d)/i,
  subset_start_frame: /^\+sf(?=\d)/i,
  subset_end_frame: /^\+ef(?=\d)/i,
  initial_clock: /^\+ki(?=[\d.+-])/i,
  final_clock: /^\+kf(?=[\d.+-])/i,
  clock: /^\+k(?=[\d.+-])/i,
  input_file_name: /^\+i/i,
};
const CYCLIC = /^([+-])kc$/i;
const PASSED_ON = new Set([
  ...['quality', 'antialias', 'antialias_threshold', 'antialias_depth', 'antialias_gamma', 'sampling_method'],
  ...['jitter', 'jitter_amount', 'bounding', 'bounding_threshold', 'bounding_method', 'remove_bounds', 'split_unions'],
  ...['high_reproducibility', 'file_gamma', 'version'],
]);
const PASSED_SWITCH = /^[+-](q\d|a([\d.]|m|g|$)|r\d|j|bm|mb|mv|fg|hr|su|ur|uv|ul)/i;

export function parseIni(text: string): Ini {
  const values = new Map<string, string>();
  const declares: string[] = [];
  const options: string[] = [];
  const unused: string[] = [];
  let section = '';
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const line = raw.replace(/[;#].*$/, '').trim();
    const head = /^\[(.*)\]$/.exec(line);
    if (head) {
      section = (head[1] as string).trim();
      if (section !== '') unused.push(`[${section}]`);
    } else if (line !== '' && section === '') read(line);
  }
  return { values, declares, options, unused };

  function read(line: string): void {
    const entry = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line);
    if (!entry) return line.split(/\s+/).forEach(readSwitch);
    const [, name = '', quoted = ''] = entry;
    const value = /^"(.*)"$/.exec(quoted)?.[1] ?? quoted;
    const key = name.toLowerCase();
    if (key === 'declare') declares.push(value.replace(/\s/g, ''));
    else if (key in OWN || key === 'cyclic_animation') values.set(key, value);
    else if (PASSED_ON.has(key)) options.push(`${name}=${value.replace(/\s/g, '')}`);
    else unused.push(name);
  }

  function readSwitch(word: string): void {
    const own = Object.entries(OWN).find(([, pattern]) => pattern.test(word));
    const cyclic = CYCLIC.exec(word);
    if (own) values.set(own[0], word.replace(own[1], '').replace(/^"(.*)"$/, '$1'));
    else if (cyclic) values.set('cyclic_animation', cyclic[1] === '+' ? 'on' : 'off');
    else if (PASSED_SWITCH.test(word)) options.push(word);
    else if (/^[\w./-]+\.pov$/i.test(word)) values.set('input_file_name', word);
    else unused.push(word);
  }
}

/** POV-Ray's spellings of yes. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(on|true|yes|1)$/i.test(value.trim());
}
