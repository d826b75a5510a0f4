import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from '../app/app.tsx';
import { followRuns } from '../features/runs/follow-runs.ts';
import { noticeRuns } from '../features/toasts/run-notices.ts';
import { createApi } from '../lib/api.ts';
import type { Identity } from '../lib/auth.ts';
import { createServices, ServicesProvider, type Services } from '../lib/services.ts';
import { FakeLive } from './fake-live.ts';

/** What the token says of the person, now and when it is taken anew. */
export interface Rights {
  admin: boolean;
  next: boolean;
}

/** The whole page at `path`, on Firestore in memory and an API that msw answers. */
export function renderApp(path = '/', live = new FakeLive(), rights?: Rights) {
  history.replaceState(null, '', path);
  const services: Services = createServices({
    api: createApi(() => Promise.resolve('token')),
    live: () => Promise.resolve(live),
    identity: () => (rights === undefined ? notPart() : Promise.resolve(identityOf(rights, () => services))),
  });
  services.person.set({ uid: 'u', anonymous: true, email: null, admin: rights?.admin ?? false });
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

function notPart(): Promise<never> {
  return Promise.reject(new Error('Not part of this test.'));
}

function identityOf(rights: Rights, services: () => Services): Identity {
  return {
    token: () => Promise.resolve('token'),
    refresh: () => {
      services().person.set((now) => (now === null ? null : { ...now, admin: rights.next }));
      return Promise.resolve();
    },
    keep: notPart,
    signIn: notPart,
    google: null,
    signOut: notPart,
  };
}
