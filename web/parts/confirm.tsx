/** A button that acts when it is pressed a second time. */

import { useEffect, useState } from 'preact/hooks';

const WAIT_MS = 4_000;

export interface ConfirmProps {
  readonly text: string;
  readonly question: string;
  /** Of what, for screen readers. */
  readonly about: string;
  act(): void;
}

export function Confirm({ text, question, about, act }: ConfirmProps) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), WAIT_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  return (
    <button
      type="button"
      class={asked ? 'danger' : undefined}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) act();
        setAsked(!asked);
      }}
    >
      {asked ? question : text}
      <span class="hidden"> {about}</span>
    </button>
  );
}
