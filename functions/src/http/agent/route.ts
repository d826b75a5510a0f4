import type { Express, Request, Response } from 'express';
import * as z from 'zod/mini';
import { nothingSchema } from '@longrun/shared';
import { traceRequest } from '../../telemetry/trace-request.ts';
import type { Authenticate, User } from '../auth.ts';
import type { Operation } from '../openapi/operation.ts';
import { parseBody, parseQuery } from '../parse.ts';

/** What a handler is given: who asks, and what was asked, checked. */
export interface Call<B, Q> {
  user: User;
  body: B;
  query: Q;
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
  /** Everyone else sends a credential. */
  open?: boolean;
  body?: z.ZodMiniType;
  query?: z.ZodMiniType;
  /** What the document says of it beyond that. */
  doc?: Partial<Omit<Operation, 'method' | 'path' | 'summary' | 'for' | 'query'>>;
  handle: (call: Call<never, never>) => Promise<unknown>;
}

/** A route whose handler gets what its schemas say. */
export function route<
  B extends z.ZodMiniType = typeof nothingSchema,
  Q extends z.ZodMiniType = typeof nothingSchema,
>(
  given: Omit<Route, 'body' | 'query' | 'handle'> & {
    body?: B;
    query?: Q;
    handle: (call: Call<z.infer<B>, z.infer<Q>>) => Promise<unknown>;
  },
): Route {
  return given as Route;
}

const NOBODY: User = { uid: '', admin: false, anonymous: true };

/** Serves the routes. JSON goes out with 200 unless the handler set another status. */
export function mount(app: Express, routes: readonly Route[], authenticate: Authenticate): void {
  for (const { method, path, open = false, body, query, handle } of routes) {
    app[method](`/api${path}`, async (req, res) => {
      const traced = { method: req.method, headers: req.headers, route: `/api${path}` };
      const answer = await traceRequest(traced, async () => {
        const call = {
          user: open ? NOBODY : await authenticate(req),
          body: method === 'get' ? undefined : parseBody(req, body ?? nothingSchema),
          query: parseQuery(req, query ?? nothingSchema),
          req,
          res,
        };
        return await handle(call as Call<never, never>);
      });
      if (answer === ANSWERED) return;
      if (answer === NO_CONTENT) res.status(204).end();
      else res.json(answer);
    });
  }
}
