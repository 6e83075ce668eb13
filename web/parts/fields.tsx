/** Fields of a form, as the service describes them. */

/** By name; absent or empty: not given. */
export type Values = Readonly<Record<string, string>>;

export interface FieldInfo {
  readonly name: string;
  readonly group: string;
  readonly describe: string;
  readonly kind: 'boolean' | 'choice' | 'text';
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly usual?: string;
}

export interface FieldsProps {
  readonly title: string;
  readonly fields: readonly FieldInfo[];
  readonly values: Values;
  readonly wrong: { readonly name: string | undefined; readonly text: string } | undefined;
  /** Values without input, in the place of those of the service. */
  readonly usual?: Values;
  change(name: string, value: string): void;
}

export function Fields({ title, fields, values, wrong, usual = {}, change }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <fieldset class="card fields">
      <legend>{title}</legend>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={{ ...field, ...(usual[field.name] ? { usual: usual[field.name] as string } : {}) }}
          value={values[field.name] ?? ''}
          wrong={wrong?.name === field.name ? wrong.text : undefined}
          change={(value) => change(field.name, value)}
        />
      ))}
    </fieldset>
  );
}

interface FieldProps {
  readonly field: FieldInfo;
  readonly value: string;
  readonly wrong: string | undefined;
  change(value: string): void;
}

function Field({ field, value, wrong, change }: FieldProps) {
  const { name, describe, kind, choices = [], usual } = field;
  const id = `field-${name}`;
  const shared = {
    id,
    value,
    'aria-describedby': `${id}-about`,
    'aria-invalid': wrong !== undefined,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      change(currentTarget.value),
  };
  const options = kind === 'boolean' ? ['true', 'false'] : choices;
  return (
    <div class="field" data-name={name}>
      <label for={id}>{labelOf(name)}</label>
      {kind === 'text' ? (
        <>
          <input
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder={usual?.split(/[;:]/)[0] ?? ''}
            list={choices.length > 0 ? `${id}-list` : undefined}
            {...shared}
          />
          {choices.length > 0 && (
            <datalist id={`${id}-list`}>
              {choices.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </>
      ) : (
        <select {...shared}>
          <option value="">{usual === undefined ? 'default' : `${usual} (default)`}</option>
          {options.map((one) => (
            <option key={one} value={one}>
              {kind === 'boolean' ? { true: 'yes', false: 'no' }[one] : one}
            </option>
          ))}
        </select>
      )}
      <p id={`${id}-about`} class={wrong === undefined ? 'about' : 'failure'}>
        {wrong ?? describe}
      </p>
    </div>
  );
}

const LABELS: Readonly<Record<string, string>> = {
  xpos: 'Real part',
  ypos: 'Imaginary part',
  iters: 'Iteration limit',
};

function labelOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return LABELS[name] ?? words[0]?.toUpperCase() + words.slice(1);
}
