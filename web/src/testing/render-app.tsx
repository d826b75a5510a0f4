import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from '../app/app.tsx';
import { followRuns } from '../features/runs/follow-runs.ts';
import { noticeRuns } from '../features/toasts/run-notices.ts';
import { createApi } from '../lib/api.ts';
import { createServices, ServicesProvider } from '../lib/services.ts';
import { FakeLive } from './fake-live.ts';

/** The whole page at `path`, on Firestore in memory and an API that msw answers. */
export function renderApp(path = '/', live = new FakeLive()) {
  history.replaceState(null, '', path);
  const services = createServices({
    api: createApi(() => Promise.resolve('token')),
    live: () => Promise.resolve(live),
    identity: () => Promise.reject(new Error('Not part of this test.')),
  });
  services.person.set({ uid: 'u', anonymous: true, email: null, admin: false });
  noticeRuns(services);
  followRuns(services, live);
  const user = userEvent.setup();
  render(
    <ServicesProvider value={services}>
      <App />
    </ServicesProvider>,
  );
  return { live, services, user };
}
