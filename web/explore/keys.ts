/** Keys of the page; those of the picture are the engine's. */

import { useEffect, useRef } from 'preact/hooks';

const TYPING = 'input:not([type=range], [type=radio], [type=checkbox]), textarea, select, dialog';

/** Buttons over the picture, which have no use for arrow keys. */
const BUTTONS = '.tools, .panels';
/** What presses a button, or leads to the next one. */
const OF_BUTTONS = ['Enter', ' ', 'Tab'];

/** Keys that are pressed where nothing has the focus, or a button over the picture, are the picture's. `acts`: by key, as KeyboardEvent names it, with Shift+ before it where the key alone does something else. */
export function useKeys(acts: Readonly<Record<string, () => void>>, canvas: HTMLCanvasElement): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const typing = (event.target as Element).closest?.(TYPING) !== null;
      if (typing && (event.key !== 'Escape' || (event.target as Element).closest('dialog'))) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = latest.current[event.shiftKey && event.key.length > 1 ? `Shift+${key}` : key];
      const onButton = (event.target as Element).closest?.(BUTTONS) && !OF_BUTTONS.includes(event.key);
      if (!act && (event.target === document.body || onButton)) {
        const forwarded = new KeyboardEvent('keydown', { key: event.key, shiftKey: event.shiftKey, cancelable: true });
        if (!canvas.dispatchEvent(forwarded)) event.preventDefault();
      }
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
