import { createContext, useContext } from 'react';
import { Connection } from '../features/connection/connection.ts';
import { Answers } from '../features/questions/answers.ts';
import { Followers } from '../features/run/followers.ts';
import { Cancellations } from '../features/runs/cancellations.ts';
import { Creations } from '../features/runs/creations.ts';
import { RunBook } from '../features/runs/run-book.ts';
import { Notices } from '../features/toasts/notices.ts';
import type { Api } from './api.ts';
import type { Identity, Person } from './auth.ts';
import type { Live } from './live/live.ts';
import { createStore, type Store } from './store.ts';

/** The world outside the page, as the page sees it. */
export interface Outside {
  api: Api;
  live: () => Promise<Live>;
  identity: () => Promise<Identity>;
}

export interface Services extends Outside {
  person: Store<Person | null>;
  /** Why nothing works at all, when nothing does: no configuration, or no sign-in. */
  trouble: Store<Error | null>;
  book: RunBook;
  creations: Creations;
  cancellations: Cancellations;
  answers: Answers;
  followers: Followers;
  connection: Connection;
  notices: Notices;
}

export function createServices(outside: Outside): Services {
  const book = new RunBook();
  const notices = new Notices();
  const connection = new Connection(async () => (await outside.live()).reconnect());
  return {
    ...outside,
    person: createStore<Person | null>(null),
    trouble: createStore<Error | null>(null),
    book,
    notices,
    connection,
    creations: new Creations(outside.api, book),
    cancellations: new Cancellations(outside.api, (runId, text) =>
      notices.add({ tone: 'bad', title: 'Not cancelled', text, href: `/runs/${runId}` }),
    ),
    answers: new Answers(outside.api, book),
    followers: new Followers(outside.live, book),
  };
}

const ServicesContext = createContext<Services | null>(null);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('ServicesProvider is missing.');
  return services;
}
