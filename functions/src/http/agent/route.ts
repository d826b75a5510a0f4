import type { Express, Request, Response } from 'express';
import * as z from 'zod/mini';
import { nothingSchema } from '@longrun/shared';
import { traceRequest } from '../../telemetry/trace-request.ts';
import type { Authenticate, User } from '../auth.ts';
import type { Operation } from '../openapi/operation.ts';
import { parseBody, parseQuery } from '../parse.ts';
import type { Access } from './access/access.ts';
import type { Acts } from './access/acts.ts';
import { permit, type AccessServices, type Part } from './access/authorize.ts';

/** What a handler is given: who asks, and what was asked, checked. */
export interface Call<B, Q> {
  user: User;
  body: B;
  query: Q;
  /** What the user gets to see of what is theirs. */
  access: Access;
  req: Request;
  res: Response;
}

/** An answer without a body. */
export const NO_CONTENT = Symbol('204');
/** The handler has answered, or will. */
export const ANSWERED = Symbol('answered');

/** One route of the Agent Server API, below `/api`. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it: `/threads/:thread_id`. */
  path: string;
  /** In one sentence, for the API's document. */
  says: string;
  /** What the handlers of a project's own users are asked about it. */
  acts: Acts | ((request: { body: never; query: never }) => Acts);
  body?: z.ZodMiniType;
  query?: z.ZodMiniType;
  /** Requests within the body, of which each is asked about; absent: it is one. */
  parts?: { of(body: never): Part[]; put(body: never, parts: unknown[]): unknown };
  /** What the document says of it beyond that. */
  doc?: Partial<Omit<Operation, 'method' | 'path' | 'summary' | 'for' | 'query'>>;
  handle: (call: Call<never, never>) => Promise<unknown>;
}

/** A route whose handler gets what its schemas say. */
export function route<
  B extends z.ZodMiniType = typeof nothingSchema,
  Q extends z.ZodMiniType = typeof nothingSchema,
>(
  given: Omit<Route, 'acts' | 'body' | 'query' | 'parts' | 'handle'> & {
    acts: Acts | ((request: { body: z.infer<B>; query: z.infer<Q> }) => Acts);
    body?: B;
    query?: Q;
    parts?: { of(body: z.infer<B>): Part[]; put(body: z.infer<B>, parts: unknown[]): unknown };
    handle: (call: Call<z.infer<B>, z.infer<Q>>) => Promise<unknown>;
  },
): Route {
  return given as Route;
}

const NOBODY: User = { uid: '', admin: false, anonymous: true };

/** Serves the routes. JSON goes out with 200 unless the handler set another status. */
export function mount(
  app: Express,
  routes: readonly Route[],
  authenticate: Authenticate,
  services: AccessServices,
): void {
  for (const route of routes) {
    const { method, path, acts, body, query, handle } = route;
    app[method](`/api${path}`, async (req, res) => {
      const traced = { method: req.method, headers: req.headers, route: `/api${path}` };
      const answer = await traceRequest(traced, async () => {
        const user = acts === 'anyone' ? NOBODY : await authenticate(req);
        const asked = {
          user,
          body: method === 'get' ? undefined : parseBody(req, body ?? nothingSchema),
          query: parseQuery(req, query ?? nothingSchema),
          req,
        };
        const call = { ...asked, ...(await permit(services, route, asked)), res };
        return await handle(call as Call<never, never>);
      });
      if (answer === ANSWERED) return;
      if (answer === NO_CONTENT) res.status(204).end();
      else res.json(answer);
    });
  }
}
