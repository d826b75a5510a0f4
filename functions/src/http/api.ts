import express, { type Express, type Request, type Response } from 'express';
import type * as z from 'zod/mini';
import { answerSchema, listRunsSchema, nothingSchema, type Run } from '@longrun/shared';
import { modelLabel } from '../agents/models/setting.ts';
import { lazy } from '../lib/lazy.ts';
import { traceReader } from '../telemetry/read-trace.ts';
import { traceRequest } from '../telemetry/trace-request.ts';
import { listDeliveries } from '../webhooks/list.ts';
import type { AgentParts } from './agent/parts.ts';
import { mount } from './agent/route.ts';
import type { Authenticate, User } from './auth.ts';
import { agentRoutes } from './agent/routes.ts';
import { undoRun } from './agent/runs/cancel.ts';
import { cancelQuery } from './agent/runs/schemas.ts';
import { turnOfPath } from './agent/runs/turn-of-path.ts';
import { answerRun, cancelRun, retryRun } from './commands.ts';
import { errorHandler, notFound } from './express-errors.ts';
import { healthReporter } from './health.ts';
import { openSource } from './library.ts';
import { documentationRoutes } from './openapi/routes.ts';
import { parseBody, parseQuery } from './parse.ts';
import { listRuns } from './runs-query.ts';

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const whole = lazy(() => import('../runtime/runs/whole-run.ts'));

type Handler<Q = unknown> = (req: Request, res: Response, user: User, query: Q) => Promise<unknown>;
type Method = 'get' | 'post' | 'delete';

/** The HTTP API, in the shapes of LangGraph's Agent Server. Every route but health needs an API key or an ID token. */
export function apiApp(parts: AgentParts, authenticate: Authenticate): Express {
  const { services, requests, version } = parts;
  const { store, catalog, quotas } = services;
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    requests.track(req, res);
    next();
  });
  const queried = <S extends z.ZodMiniType>(
    method: Method,
    path: string,
    query: S,
    handler: Handler<z.infer<S>>,
  ) =>
    app[method](`/api${path}`, async (req, res) => {
      const traced = { method: req.method, headers: req.headers, route: `/api${path}` };
      const answer = await traceRequest(traced, async () => {
        const user = await authenticate(req);
        return await handler(req, res, user, parseQuery(req, query));
      });
      if (answer !== undefined) res.json(answer);
    });
  const route = (method: Method, path: string, handler: Handler) =>
    queried(method, path, nothingSchema, handler);
  const readTrace = traceReader(services.config);
  const health = healthReporter(services, version);
  const required = async (req: Request, user: User): Promise<Run> =>
    (await turnOfPath(parts, { req, user })).run;

  app.get('/api/health', async (_req, res) => {
    const report = await health();
    res.status(report.status === 'ok' ? 200 : 503).json(report);
  });

  const routes = agentRoutes(parts);
  mount(app, routes, authenticate);
  documentationRoutes(app, services.config, version, routes);

  route('get', '/graphs', async () => ({
    model: modelLabel(process.env),
    graphs: await catalog.describe(),
  }));
  route('get', '/library/*id', (req) => openSource(req));

  queried('get', '/runs', listRunsSchema, (_req, _res, user, query) =>
    listRuns(store.documents, user.uid, query),
  );
  route('get', '/runs/:run_id', async (req, _res, user) => {
    const run = await required(req, user);
    return await (await whole()).wholeRun(store, run);
  });
  queried('post', '/runs/:run_id/cancel', cancelQuery, async (req, _res, user, query) => {
    const body = parseBody(req, cancelQuery);
    const action = query.action ?? body.action;
    const reason = query.reason ?? body.reason ?? undefined;
    const run = await cancelRun(services, user.uid, (await required(req, user)).run_id, reason);
    if (action === 'rollback') await undoRun(services, run);
    return run;
  });
  for (const prefix of ['/runs/:run_id', '/threads/:thread_id/runs/:run_id']) {
    route('get', `${prefix}/trace`, async (req, _res, user) => readTrace(await required(req, user)));
    route('get', `${prefix}/webhooks`, async (req, _res, user) => ({
      webhooks: await listDeliveries(store.documents, await required(req, user)),
    }));
    route('post', `${prefix}/answer`, async (req, _res, user) => {
      const { answers } = parseBody(req, answerSchema);
      const { run_id } = await required(req, user);
      return await answerRun(services, user.uid, run_id, answers);
    });
    route('post', `${prefix}/retry`, async (req, res, user) => {
      parseBody(req, nothingSchema);
      const { run, created } = await retryRun(services, await required(req, user), {
        quotas,
        anonymous: user.anonymous,
      });
      res.status(created ? 201 : 200);
      return run;
    });
  }

  app.use(notFound);
  app.use(errorHandler);
  return app;
}
