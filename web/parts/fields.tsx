/** Fields of a form, as the service describes them. */

import type { Field } from '../../src/request/field.js';
import type { Values } from '../order.js';
import { Control } from './control.js';

/** What is wrong with a form. `name`: of the field, if it is one. */
export interface Wrong {
  readonly name: string | undefined;
  readonly text: string;
}

export interface FieldsProps {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly wrong: Wrong | undefined;
  /** Values without input, in the place of those of the service. */
  readonly usual: Values;
  change(name: string, value: string): void;
}

export function Fields({ title, fields, values, wrong, usual, change }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <fieldset class="card fields">
      <legend>{title}</legend>
      {fields.map((field) => {
        const { name, describe } = field;
        const id = `field-${name}`;
        const fault = wrong?.name === name ? wrong.text : undefined;
        return (
          <div key={name} class="field" data-name={name}>
            <label for={id}>{labelOf(name)}</label>
            <Control
              id={id}
              field={field}
              value={values[name] ?? ''}
              usual={usual[name] ?? field.usual}
              wrong={fault !== undefined}
              change={(value) => change(name, value)}
            />
            <p id={`${id}-about`} class={fault === undefined ? 'about' : 'failure'}>
              {fault ?? describe}
            </p>
          </div>
        );
      })}
    </fieldset>
  );
}

const LABELS: Readonly<Record<string, string>> = {
  xpos: 'Real part',
  ypos: 'Imaginary part',
  iters: 'Iteration limit',
  fps: 'Frames a second',
  crf: 'Encoder quality',
  'xpos-end': 'Real part, end',
  'ypos-end': 'Imaginary part, end',
  'julia-re': 'Julia, real',
  'julia-im': 'Julia, imaginary',
  'julia-re-end': 'Julia, real, end',
  'julia-im-end': 'Julia, imaginary, end',
};

function labelOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return LABELS[name] ?? words[0]?.toUpperCase() + words.slice(1);
}
