import { useEffect } from 'preact/hooks';
import { Route, Switch } from 'wouter-preact';
import { Header } from './header.tsx';
import { follow } from './live.ts';
import { Login } from './login.tsx';
import { Navigation } from './navigation.tsx';
import { Notices } from './notices.tsx';
import { Loading } from './part/empty.tsx';
import { lazyPage } from './part/lazy-page.tsx';
import { LiveRegion } from './part/live-region.tsx';
import { NotFound } from './part/not-found.tsx';
import { type Session, session } from './session.ts';
import { useStatus } from './status.ts';

/** The server knows the same paths (`PAGES` in serve.ts). */
const PAGES = {
  '/': lazyPage(() => import('./page/overview-page.tsx')),
  '/approvals': lazyPage(() => import('./page/approvals-page.tsx')),
  '/incidents': lazyPage(() => import('./page/incidents-page.tsx')),
  '/incidents/:id': lazyPage(() => import('./page/incident-page.tsx')),
  '/hosts': lazyPage(() => import('./page/hosts-page.tsx')),
  '/hosts/:host': lazyPage(() => import('./page/host-page.tsx')),
  '/flows': lazyPage(() => import('./page/flows-page.tsx')),
  '/policy': lazyPage(() => import('./page/policy-page.tsx')),
  '/revisions': lazyPage(() => import('./page/revisions-page.tsx')),
  '/revisions/:n': lazyPage(() => import('./page/revision-page.tsx')),
  '/audit': lazyPage(() => import('./page/audit-page.tsx')),
  '/reports': lazyPage(() => import('./page/reports-page.tsx')),
};

export function App() {
  const { value } = session;
  if (value === undefined) return <Login />;
  if (value === 'checking') return <Loading lines={6} />;
  return <Console session={value} />;
}

function Console({ session: { token } }: { session: Session }) {
  useEffect(() => follow(token), [token]);
  useStatus();
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <Navigation />
      <main id="main" class="main" tabIndex={-1}>
        <Notices />
        <Switch>
          {Object.entries(PAGES).map(([path, Shown]) => (
            // A page begins anew when what stands in its path changes.
            <Route key={path} path={path}>
              {(params: Record<string, string>) => <Shown key={JSON.stringify(params)} params={params} />}
            </Route>
          ))}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </main>
      <LiveRegion />
    </div>
  );
}
