import express, { type Express, type Request, type Response } from 'express';
import type * as z from 'zod/mini';
import {
  answerSchema,
  cancelSchema,
  createRunSchema,
  createThreadSchema,
  isActive,
  isTerminal,
  listenSchema,
  listRunsSchema,
  listThreadRunsSchema,
  LongrunError,
  nothingSchema,
  type Run,
} from '@longrun/shared';
import { modelLabel } from '../agents/models/setting.ts';
import { lazy } from '../lib/lazy.ts';
import { createRun } from '../runtime/runs/create-run.ts';
import { dispatchCreated } from '../quotas/share.ts';
import { removeRun } from '../runtime/housekeeping/remove.ts';
import { traceReader } from '../telemetry/read-trace.ts';
import { joinRun, traceRequest } from '../telemetry/trace-request.ts';
import { stopSuperseded } from '../runtime/runs/thread-queue.ts';
import { listDeliveries } from '../webhooks/list.ts';
import type { Authenticate, User } from './auth.ts';
import { mount } from './agent/route.ts';
import { agentRoutes } from './agent/routes.ts';
import { answerRun, cancelRun, retryRun } from './commands.ts';
import { errorHandler, notFound } from './express-errors.ts';
import { untilSettled } from './follow.ts';
import { graphHeaders } from './graph-headers.ts';
import { healthReporter } from './health.ts';
import { openSource } from './library.ts';
import type { OpenRequests } from './open-requests.ts';
import { documentationRoutes } from './openapi/routes.ts';
import { parseBody, parseQuery, pathId } from './parse.ts';
import { listRuns } from './runs-query.ts';
import { Readers } from './readers.ts';
import type { Services } from './services.ts';
import { streamRun } from './stream.ts';
import { createThread, deleteThread, requireThread } from './threads.ts';
import { withWebhook } from './with-webhook.ts';

/** One join waits this long; the client then joins again. Milliseconds. */
const JOIN_MS = 10 * 60_000;

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const whole = lazy(() => import('../runtime/runs/whole-run.ts'));

type Handler<Q = unknown> = (req: Request, res: Response, user: User, query: Q) => Promise<unknown>;
type Method = 'get' | 'post' | 'delete';

/** The HTTP API, in the shapes of LangGraph's Agent Server. Every route but health needs an ID token. */
export function apiApp(
  services: Services,
  authenticate: Authenticate,
  version: string,
  requests: OpenRequests,
): Express {
  const { store, queue, catalog, quotas } = services;
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
  const readers = new Readers();
  const required = async (req: Request, user: User): Promise<Run> => {
    const { run } = await store.require(user.uid, pathId(req, 'run_id'));
    const threadId = req.params['thread_id'];
    if (threadId !== undefined && threadId !== run.thread_id) {
      throw new LongrunError('not_found', `There is no run ${run.run_id} on this thread.`);
    }
    joinRun(run);
    return run;
  };

  app.get('/api/health', async (_req, res) => {
    const report = await health();
    res.status(report.status === 'ok' ? 200 : 503).json(report);
  });

  const routes = agentRoutes({ services, requests, version });
  mount(app, routes, authenticate);
  documentationRoutes(app, services.config, version, routes);

  route('get', '/graphs', async () => ({
    model: modelLabel(process.env),
    graphs: await catalog.describe(),
  }));
  route('get', '/library/*id', (req) => openSource(req));

  route('post', '/threads', (req, _res, user) =>
    createThread(store, user.uid, parseBody(req, createThreadSchema)),
  );
  route('get', '/threads/:thread_id', (req, _res, user) =>
    requireThread(store, user.uid, pathId(req, 'thread_id')),
  );

  route('delete', '/threads/:thread_id', async (req, res, user) => {
    await deleteThread(store, user.uid, pathId(req, 'thread_id'));
    res.status(204).end();
  });

  const create: Handler = async (req, res, user) => {
    const body = await withWebhook(parseBody(req, createRunSchema), services.config);
    catalog.require(body.assistant_id);
    const key = req.headers['idempotency-key'];
    if (key !== undefined && (typeof key !== 'string' || key.length < 1 || key.length > 200)) {
      throw new LongrunError('invalid_request', 'Idempotency-Key: must have 1 to 200 characters.');
    }
    const made = await createRun(store, {
      uid: user.uid,
      body,
      headers: graphHeaders(req.headers),
      quotas: { quotas, anonymous: user.anonymous },
      ...(req.params['thread_id'] === undefined ? {} : { threadInPath: pathId(req, 'thread_id') }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
    });
    const { run } = made;
    await dispatchCreated(store, queue, made);
    await stopSuperseded(store, queue, run);
    res.status(made.created ? 201 : 200);
    res.setHeader('content-location', `/api/threads/${run.thread_id}/runs/${run.run_id}`);
    return run;
  };
  route('post', '/runs', create);
  route('post', '/threads/:thread_id/runs', create);

  queried('get', '/runs', listRunsSchema, (_req, _res, user, query) =>
    listRuns(store.documents, user.uid, query),
  );
  queried('get', '/threads/:thread_id/runs', listThreadRunsSchema, async (req, _res, user, query) => {
    const { thread_id } = await requireThread(store, user.uid, pathId(req, 'thread_id'));
    return await listRuns(store.documents, user.uid, { ...query, thread_id });
  });

  for (const prefix of ['/runs/:run_id', '/threads/:thread_id/runs/:run_id']) {
    route('get', prefix, async (req, _res, user) => {
      const run = await required(req, user);
      return await (await whole()).wholeRun(store, run);
    });
    route('delete', prefix, async (req, res, user) => {
      const run = await required(req, user);
      if (!isTerminal(run.status)) {
        throw new LongrunError('not_ended', `The run is ${run.status}. Cancel it before you delete it.`);
      }
      await removeRun(store.documents, run);
      res.status(204).end();
    });
    route('get', `${prefix}/trace`, async (req, _res, user) => readTrace(await required(req, user)));
    queried('get', `${prefix}/join`, listenSchema, async (req, res, user) => {
      const run = await required(req, user);
      const closed = new AbortController();
      res.on('close', () => closed.abort());
      const stop = AbortSignal.any([closed.signal, requests.closing]);
      const settled = await untilSettled(store.documents, store.clock, run, JOIN_MS, stop);
      if (isActive(settled.status))
        throw new LongrunError('unavailable', 'The run still goes on; join again.');
      if (settled.status === 'completed') return await (await whole()).outputOf(store, settled);
      return { __error__: settled.error, __interrupt__: settled.interrupts, status: settled.status };
    });
    queried('get', `${prefix}/stream`, listenSchema, async (req, res, user) => {
      streamRun(store.documents, await required(req, user), req, res, requests.closing, readers);
    });
    route('get', `${prefix}/webhooks`, async (req, _res, user) => ({
      webhooks: await listDeliveries(store.documents, await required(req, user)),
    }));
    queried('post', `${prefix}/cancel`, cancelSchema, async (req, _res, user) => {
      parseBody(req, cancelSchema);
      const { run_id } = await required(req, user);
      return await cancelRun(services, user.uid, run_id);
    });
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
