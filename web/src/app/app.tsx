import { lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { OfflineLine } from '../features/connection/offline-line.tsx';
import { Dock } from '../features/dock/dock.tsx';
import { Spoken, Toasts } from '../features/toasts/toasts.tsx';
import { VersionLine } from '../features/version/version-line.tsx';
import { Problem } from '../lib/problem.tsx';
import { useServices } from '../lib/services.ts';
import { useStore } from '../lib/store.ts';
import { AskPage } from '../pages/ask-page.tsx';
import { RunPage } from '../pages/run-page.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { useRouteFocus } from './route-focus.ts';
import { TabTitle, useTitle } from './title.ts';

const RunsPage = lazy(() => import('../pages/runs-page.tsx'));
const ThreadsPage = lazy(() => import('../pages/threads-page.tsx'));
const ThreadPage = lazy(() => import('../pages/thread-page.tsx'));
const AdminPage = lazy(() => import('../pages/admin-page.tsx'));
const AdminRunPage = lazy(() => import('../pages/admin-run-page.tsx'));
const KeysPage = lazy(() => import('../pages/keys-page.tsx'));
const LibraryPage = lazy(() => import('../pages/library-page.tsx'));

export function App() {
  const [path] = useLocation();
  const main = useRouteFocus();
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1} ref={main}>
        <ErrorBoundary key={path}>
          <Suspense fallback={<p className="page soft">Opening…</p>}>
            <Switch>
              <Route path="/" component={AskPage} />
              <Route path="/runs" component={RunsPage} />
              <Route path="/runs/:id">{({ id }) => <RunPage id={id} />}</Route>
              <Route path="/threads" component={ThreadsPage} />
              <Route path="/threads/:id">{({ id }) => <ThreadPage id={id} />}</Route>
              <Route path="/keys" component={KeysPage} />
              <Route path="/admin" component={AdminPage} />
              <Route path="/admin/runs/:owner/:id">
                {({ owner, id }) => <AdminRunPage key={`${owner}/${id}`} owner={owner} id={id} />}
              </Route>
              <Route path="/library/*">
                {() => {
                  const id = libraryId();
                  return <LibraryPage key={id} id={id} />;
                }}
              </Route>
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </main>
      <div className="foot">
        <Toasts />
        <OfflineLine />
        <VersionLine />
        <Trouble />
        <Dock />
      </div>
      <Spoken />
      <TabTitle />
    </>
  );
}

/** The router decodes only a part of the address (not `%40`), so the id is read from the address itself. */
function libraryId(): string {
  const path = location.pathname.slice('/library/'.length);
  try {
    return decodeURIComponent(path);
  } catch {
    // Not an address that this page made; there is no such document then.
    return path;
  }
}

function Trouble() {
  const error = useStore(useServices().trouble);
  if (error === null) return null;
  return (
    <div className="offline" role="alert">
      Longrun cannot sign you in: {error.message}
      <button type="button" className="small" onClick={() => location.reload()}>
        Load again
      </button>
    </div>
  );
}

function NotFound() {
  useTitle('Not found');
  return <Problem title="There is no such page" text="The address may be incomplete." />;
}
