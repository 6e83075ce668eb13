/** A choice between a few, side by side. */

export interface SwitchProps<T extends string> {
  /** For screen readers. */
  readonly label: string;
  /** Of the group in the form. */
  readonly name: string;
  readonly options: Readonly<Record<T, string>>;
  readonly chosen: T;
  choose(option: NoInfer<T>): void;
}

export function Switch<T extends string>({ label, name, options, chosen, choose }: SwitchProps<T>) {
  return (
    <fieldset class="switch">
      <legend class="hidden">{label}</legend>
      {(Object.entries(options) as [T, string][]).map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={chosen === option} onChange={() => choose(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
