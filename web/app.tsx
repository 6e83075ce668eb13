/** The frame of all pages: navigation, connection, notices, and the token. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useAccess } from './access.js';
import { setToken, token } from './api.js';
import { type Live, LiveContext } from './live.js';
import { ActivityPage } from './pages/activity.js';
import { JobPage } from './pages/job.js';
import { JobsPage } from './pages/jobs.js';
import { SubmitPage } from './pages/submit.js';
import { WorkersPage } from './pages/workers.js';
import { Header } from './parts/header.js';
import { TokenForm } from './parts/token-form.js';
import { Unreached } from './parts/unreached.js';
import { type Route, useRoute } from './route.js';
import type { Connection } from './stream.js';

const NOTICE_MS = 6_000;

export function App() {
  const route = useRoute();
  const { access, wantsToken, failure, enter } = useAccess();
  const [connection, setConnection] = useState<Connection>('connecting');
  const [notice, setNotice] = useState<{ text: string; kind?: 'error' }>();
  const main = useRef<HTMLElement>(null);
  const page = route.parts.join('/');

  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(undefined), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [page]);
  const live = useMemo<Live>(
    () => ({
      access: access ?? { role: 'view', owner: '' },
      setConnection,
      notice: (text, kind) => setNotice({ text, ...(kind ? { kind } : {}) }),
    }),
    [access],
  );
  const leave = () => {
    setToken(undefined);
    location.reload();
  };
  return (
    <LiveContext.Provider value={live}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header page={route.parts[0] ?? 'jobs'} access={access} onLeave={token() === null ? undefined : leave} />
      {connection === 'lost' && access && (
        <p class="banner" role="alert">
          Connection lost. What you see may be out of date; it is tried again.
        </p>
      )}
      <main id="main" tabIndex={-1} ref={main}>
        {wantsToken ? (
          <TokenForm onEntered={enter} failure={failure} />
        ) : access ? (
          <Page route={route} />
        ) : (
          failure && <Unreached why={failure} again={enter} />
        )}
      </main>
      <div class="notices" role="status" aria-live="polite">
        {notice && <p class={notice.kind === 'error' ? 'notice error' : 'notice'}>{notice.text}</p>}
      </div>
    </LiveContext.Provider>
  );
}

function Page({ route: { parts, query } }: { route: Route }) {
  const [page = 'jobs', id] = parts;
  if (page === 'jobs') return id === undefined ? <JobsPage query={query} /> : <JobPage key={id} id={id} />;
  if (page === 'workers') return <WorkersPage />;
  if (page === 'activity') return <ActivityPage />;
  if (page === 'submit') return <SubmitPage from={query.get('from') ?? undefined} />;
  return (
    <section class="empty">
      <h1>No such page</h1>
      <p>
        Go to the <a href="#/jobs">list of jobs</a>.
      </p>
    </section>
  );
}
