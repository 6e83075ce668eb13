/** The control of a field: a list of choices, a time, some lines, or a line of text. */

import type { Field } from '../../src/request/field.js';

/** Outfiles, one a line; a path is JSON. */
const LINES = ['outfile', 'path'];

export interface ControlProps {
  readonly id: string;
  readonly field: Field;
  readonly value: string;
  /** What holds without a value. */
  readonly usual: string | undefined;
  readonly wrong: boolean;
  change(value: string): void;
}

export function Control({ id, field, value, usual = '', wrong, change }: ControlProps) {
  const { kind, choices = [] } = field;
  const shared = { id, 'aria-describedby': `${id}-about`, 'aria-invalid': wrong };
  const typed = {
    ...shared,
    value,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement }) =>
      change(currentTarget.value),
  };
  const text = { ...typed, autocomplete: 'off', spellcheck: false, placeholder: usual.split(/[;:]/)[0] ?? '' };
  if (kind !== 'text') return <select {...typed}>{optionsOf(field, usual)}</select>;
  if (field.value === 'TIME')
    return (
      <input {...shared} type="datetime-local" onInput={({ currentTarget }) => change(isoOf(currentTarget.value))} />
    );
  if (LINES.includes(field.name)) return <textarea {...text} rows={field.name === 'path' ? 4 : 1} />;
  if (choices.length === 0) return <input {...text} type="text" />;
  return (
    <>
      <input {...text} type="text" list={`${id}-list`} />
      <datalist id={`${id}-list`}>
        {choices.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

const YES_OR_NO: Readonly<Record<string, string>> = { true: 'yes', false: 'no' };

function optionsOf({ kind, choices = [] }: Field, usual: string) {
  const isBoolean = kind === 'boolean';
  const options = isBoolean ? ['true', 'false'] : choices;
  const words: Readonly<Record<string, string>> = isBoolean ? YES_OR_NO : {};
  const without = usual || (isBoolean ? 'false' : '');
  return ['', ...options].map((one) => (
    <option key={one} value={one}>
      {one === '' ? `${words[without] ?? without} (default)` : (words[one] ?? one)}
    </option>
  ));
}

/** Of a local time. Empty while it is not complete. */
function isoOf(local: string): string {
  return local === '' ? '' : new Date(local).toISOString();
}
