/** Inputs that report their value when it is settled. */

import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Attributes of an input: a new value from outside does not replace what is being typed. */
export function useSettled(value: string): {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly defaultValue: string;
} {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const { current } = ref;
    if (current && current !== document.activeElement) current.value = value;
  }, [value]);
  return { ref, defaultValue: value };
}
