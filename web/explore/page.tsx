/** The page: the token if the service wants one, then the explorer; notices. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import { useAccess } from '../access.js';
import { token } from '../api.js';
import { type Live, LiveContext } from '../live.js';
import { TokenForm } from '../parts/token-form.js';
import { Unreached } from '../parts/unreached.js';
import { Explorer } from './explorer.js';

const NOTICE_MS = 7_000;

export function Page() {
  const { access, wantsToken, failure, enter } = useAccess();
  const [notice, setNotice] = useState<{ readonly text: string; readonly kind?: 'error' }>();
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(undefined), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const live = useMemo<Live | undefined>(
    () =>
      access && {
        access,
        // The picture has a connection of its own, which says when it is lost.
        setConnection() {},
        notice: (text, kind) => setNotice({ text, ...(kind ? { kind } : {}) }),
      },
    [access],
  );
  return (
    <>
      {live ? (
        <LiveContext.Provider value={live}>
          <Explorer key={token() ?? ''} refused={enter} />
        </LiveContext.Provider>
      ) : (
        <main class="before">
          {wantsToken ? (
            <TokenForm onEntered={enter} failure={failure} />
          ) : (
            failure && <Unreached why={failure} again={enter} />
          )}
        </main>
      )}
      <div class="notices" role="status" aria-live="polite">
        {notice && <p class={notice.kind === 'error' ? 'notice error' : 'notice'}>{notice.text}</p>}
      </div>
    </>
  );
}
