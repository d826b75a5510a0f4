import { createApi } from '../lib/api.ts';
import type { Identity, Person } from '../lib/auth.ts';
import { loadConfig } from '../lib/config.ts';
import type { Live } from '../lib/live/live.ts';
import { createServices, type Services } from '../lib/services.ts';
import { dropAllDrafts } from '../lib/drafts.ts';
import { followRuns } from '../features/runs/follow-runs.ts';
import { noticeRuns } from '../features/toasts/run-notices.ts';
import { watchLocalServer } from '../features/connection/local-watch.ts';

/** Connects the page with the world. Everything is fetched side by side, and the page is drawn meanwhile. */
export function start(): Services {
  const people = Promise.withResolvers<Person>();
  const auth = import('../lib/auth.ts');
  const firestore = import('../lib/live/firestore.ts');
  // A chunk that cannot be loaded is reported by whoever awaits it below.
  firestore.catch(() => undefined);

  const identity: Promise<Identity> = (async () => {
    const { openIdentity } = await auth;
    return openIdentity(await loadConfig(), changed);
  })();
  const live: Promise<Live> = (async () => {
    const [{ openLive }, config, person] = await Promise.all([firestore, loadConfig(), people.promise]);
    return openLive(config, person.uid);
  })();
  const services = createServices({
    api: createApi(async () => (await identity).token()),
    live: () => live,
    identity: () => identity,
  });

  function changed(person: Person): void {
    const before = services.person.get();
    services.person.set(person);
    people.resolve(person);
    // Another person's runs must not mix with these.
    if (before === null || before.uid === person.uid) return;
    dropAllDrafts();
    location.assign('/');
  }

  const fail = (error: unknown) =>
    services.trouble.set(error instanceof Error ? error : new Error(String(error)));
  identity.catch((error: unknown) => {
    people.reject(error);
    fail(error);
  });
  noticeRuns(services);
  services.connection.listen();
  live.then((source) => void followRuns(services, source), fail);
  void loadConfig().then(
    ({ emulators }) => emulators?.firestore !== undefined && watchLocal(services, emulators.firestore),
    fail,
  );
  return services;
}

function watchLocal({ connection, live }: Services, address: { host: string; port: number }): void {
  watchLocalServer(address, {
    gone: () => connection.report(false),
    restarted: () => void live().then((source) => source.reconnect()),
  });
}
