/** The command that makes the same file, to copy. */

import { useLive } from '../../live.js';
import { copyText } from '../copy.js';

export function Command({ text }: { readonly text: string }) {
  const { notice } = useLive();
  const copy = () =>
    copyText(text).then(
      () => notice('The command is copied'),
      (error) => notice(error.message, 'error'),
    );
  return (
    <div class="command">
      <textarea readOnly rows={4} spellcheck={false} aria-label="Command" value={text} />
      <button type="button" onClick={copy}>
        Copy
      </button>
    </div>
  );
}
