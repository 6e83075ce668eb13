/** Controls of the panels: a line of text that is checked when it is settled, a slider, a choice. */

import { useId, useState } from 'preact/hooks';
import { useSettled } from '../../settled.js';

export interface TextProps {
  readonly label: string;
  readonly value: string;
  /** What is wrong with an input; undefined: nothing. */
  wrong?(text: string): string | undefined;
  settle(text: string): void;
  readonly placeholder?: string;
  readonly list?: readonly string[];
  readonly numeric?: boolean;
}

export function TextField({ label, value, wrong, settle, placeholder, list, numeric }: TextProps) {
  const id = useId();
  const [fault, setFault] = useState<string>();
  const settled = useSettled(value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...settled}
        id={id}
        type="text"
        inputMode={numeric ? 'decimal' : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        list={list ? `${id}-list` : undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={({ currentTarget }) => {
          const text = currentTarget.value.trim();
          const found = wrong?.(text);
          setFault(found);
          if (found === undefined && text !== value) settle(text);
        }}
      />
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {fault !== undefined && (
        <p id={`${id}-fault`} class="failure" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** As it is shown. */
  readonly text?: string;
  change(value: number): void;
}

export function Slider({ label, min, max, step, value, text, change }: SliderProps) {
  const id = useId();
  return (
    <div class="field slider">
      <label for={id}>{label}</label>
      <output for={id}>{text ?? String(value)}</output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={text}
        onInput={({ currentTarget }) => change(Number(currentTarget.value))}
      />
    </div>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  /** Text by value. */
  readonly options: Readonly<Record<string, string>>;
  choose(value: string): void;
}

export function Choice({ label, value, options, choose }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {Object.entries(options).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  change(checked: boolean): void;
}

export function Check({ label, checked, change }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={({ currentTarget }) => change(currentTarget.checked)} />
      {label}
    </label>
  );
}
