/** Asks for the token of this service. It is kept in this tab only. */

import { useState } from 'preact/hooks';
import { setToken, token } from '../api.js';

export function TokenForm({ onEntered, failure }: { onEntered(): void; failure: string | undefined }) {
  const [text, setText] = useState('');
  const refused = token() !== null;
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        setToken(text.trim());
        onEntered();
      }}
    >
      <h1>Token</h1>
      <p>
        This service answers only with a token, one of the file that --http-tokens names. It is kept in this tab only.
      </p>
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          required
          value={text}
          aria-invalid={refused}
          aria-describedby={refused ? 'token-refused' : undefined}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      {refused && failure && (
        <p id="token-refused" class="failure" role="alert">
          {failure}
        </p>
      )}
      <button type="submit" class="primary">
        Continue
      </button>
    </form>
  );
}
