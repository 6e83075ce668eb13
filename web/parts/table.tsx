/** A table with a hidden caption. On narrow screens the rows of some are blocks: style/tables.css. */

import type { ComponentChildren } from 'preact';

export interface Column {
  readonly label: string;
  readonly number?: true;
  /** The label is for screen readers only. */
  readonly hidden?: true;
}

export interface TableProps {
  /** Of the style sheet. */
  readonly class: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Rows. */
  readonly children: ComponentChildren;
}

export function Table({ class: name, caption, columns, children }: TableProps) {
  return (
    <table class={name}>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, number, hidden }) => (
            <th key={label} scope="col" class={number && 'number'}>
              {hidden ? <span class="hidden">{label}</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
