import express, { type Express, type Request, type Response } from 'express';
import { LongrunError, MAX_PAGE, retryDeadLettersSchema } from '@longrun/shared';
import type { Authenticate, User } from '../auth.ts';
import { errorHandler, notFound } from '../express-errors.ts';
import type { OpenRequests } from '../open-requests.ts';
import { parseBody } from '../parse.ts';
import type { Services } from '../services.ts';
import { deadLetters, retryDeadLetters } from './dead-letters.ts';

type Handler = (req: Request, res: Response, user: User) => Promise<unknown>;

/** What operators call, below /api/admin. Every route needs an ID token with the claim `admin: true`. */
export function adminApp(services: Services, authenticate: Authenticate, requests: OpenRequests): Express {
  const { store } = services;
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    requests.track(req, res);
    next();
  });
  const route = (method: 'get' | 'post', path: string, handler: Handler) =>
    app[method](`/api/admin${path}`, async (req, res) => {
      const user = await authenticate(req);
      if (!user.admin) throw new LongrunError('forbidden', 'This needs a token with the claim admin: true.');
      const answer = await handler(req, res, user);
      if (answer !== undefined) res.json(answer);
    });

  route('get', '/dead-letters', async () => ({
    runs: await deadLetters(store.documents, MAX_PAGE),
  }));
  route('post', '/dead-letters/retry', async (req) => ({
    runs: await retryDeadLetters(services, parseBody(req, retryDeadLettersSchema), MAX_PAGE),
  }));

  app.use(notFound);
  app.use(errorHandler);
  return app;
}
