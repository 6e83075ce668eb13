/** A TOML file of a location: its tables, and single values of them as text. */

import { refuse } from './result.js';
import { parseToml, type Table, type Toml, TomlError } from './toml.js';

/** @throws FractalError LOCATION_FILE naming the line */
export function parsedToml(text: string, path: string): Table {
  try {
    // TOML has two line ends; old systems and broken transfers leave others.
    return parseToml(text.replace(/\r+\n?/g, '\n'));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw refuse(`${path}:${error.line}`, `this is not TOML, or cut short: ${error.message}`, error);
  }
}

/** The text of a string, a number or a boolean; undefined where there is none. @throws FractalError LOCATION_FILE */
export function scalar(root: Table, dotted: string, path: string): string | undefined {
  let value: Toml | undefined = root;
  for (const key of dotted.split('.')) {
    if (!(value instanceof Map)) throw refuse(path, `"${dotted}" is not a table with a value`);
    value = value.get(key);
    if (value === undefined) return undefined;
  }
  if (typeof value !== 'string') throw refuse(path, `"${dotted}" is not a single value`);
  return value.trim();
}
