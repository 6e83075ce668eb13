/** A field of a form that submits a job. Only types, which the pages use as well. */

export interface Field {
  /** Of the flag, as a job's JSON has it. */
  readonly name: string;
  readonly group: string;
  /** One line without a full stop. */
  readonly describe: string;
  /** `choice`: one of `choices`; `text` may have them as suggestions. */
  readonly kind: 'boolean' | 'choice' | 'text';
  /** What the value is, such as N or HEX. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** The value without the field, or how it follows from others. */
  readonly usual?: string;
}
