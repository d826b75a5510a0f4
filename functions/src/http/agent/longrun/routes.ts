import { answerSchema, listRunsSchema, type Run } from '@longrun/shared';
import { modelLabel } from '../../../agents/models/setting.ts';
import { lazy } from '../../../lib/lazy.ts';
import { traceReader } from '../../../telemetry/read-trace.ts';
import { listDeliveries } from '../../../webhooks/list.ts';
import { answerRun, cancelRun, retryRun } from '../../commands.ts';
import { openSource } from '../../library.ts';
import { listRuns, type RunPage } from '../../runs-query.ts';
import type { Access } from '../access/access.ts';
import { metadataOfThreads } from '../access/subjects.ts';
import type { AgentParts } from '../parts.ts';
import { route, type Call, type Route } from '../route.ts';
import { cancelQuery } from '../runs/schemas.ts';
import { turnOfPath } from '../runs/turn-of-path.ts';

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const whole = lazy(() => import('../../../runtime/runs/whole-run.ts'));

/** What this server has beside LangGraph's API; the document of the API knows them from `openapi/operations`. */
export function longrunRoutes(parts: AgentParts): Route[] {
  const { services } = parts;
  const { store, catalog, config, quotas } = services;
  const readTrace = traceReader(config);
  const required = async (call: Pick<Call<unknown, unknown>, 'req' | 'user'>): Promise<Run> =>
    (await turnOfPath(parts, call)).run;

  return [
    route({
      method: 'get',
      path: '/graphs',
      says: 'What can be run, and the model in use.',
      acts: 'assistants:search',
      handle: async () => {
        const problem = services.auth?.problem() ?? null;
        return {
          model: modelLabel(process.env),
          graphs: await catalog.describe(),
          ...(problem === null ? {} : { auth: { error: { code: 'auth_unavailable', message: problem } } }),
        };
      },
    }),
    route({
      method: 'get',
      path: '/library/*id',
      says: 'A document that a run cited.',
      acts: 'assistants:read',
      handle: ({ req }) => openSource(req),
    }),
    route({
      method: 'get',
      path: '/runs',
      says: 'Runs of the user, newest first.',
      acts: 'threads:search',
      query: listRunsSchema,
      handle: async ({ user: { uid }, query, access }) =>
        await allowed(parts, uid, access, await listRuns(store.documents, uid, query)),
    }),
    route({
      method: 'get',
      path: '/runs/:run_id',
      says: 'A run.',
      acts: 'threads:read',
      handle: async (call) => await (await whole()).wholeRun(store, await required(call)),
    }),
    route({
      method: 'post',
      path: '/runs/:run_id/cancel',
      says: 'Ends a run.',
      acts: 'threads:update',
      body: cancelQuery,
      query: cancelQuery,
      handle: async (call) => {
        const { query, body, user } = call;
        const reason = query.reason ?? body.reason ?? undefined;
        return await cancelRun(services, user.uid, (await required(call)).run_id, {
          ...(reason === undefined ? {} : { reason }),
          rollback: (query.action ?? body.action) === 'rollback',
        });
      },
    }),
    ...['/runs/:run_id', '/threads/:thread_id/runs/:run_id'].flatMap((prefix) => [
      route({
        method: 'get',
        path: `${prefix}/trace`,
        says: 'Where the time of a run went.',
        acts: 'threads:read',
        handle: async (call) => await readTrace(await required(call)),
      }),
      route({
        method: 'get',
        path: `${prefix}/webhooks`,
        says: 'What the run’s webhook was told.',
        acts: 'threads:read',
        handle: async (call) => ({ webhooks: await listDeliveries(store.documents, await required(call)) }),
      }),
      route({
        method: 'post',
        path: `${prefix}/answer`,
        says: 'Answers open questions.',
        acts: 'threads:create_run',
        body: answerSchema,
        handle: async (call) => {
          const { run_id } = await required(call);
          return await answerRun(services, call.user.uid, run_id, call.body.answers);
        },
      }),
      route({
        method: 'post',
        path: `${prefix}/retry`,
        says: 'Does a failed or cancelled run again from its last checkpoint.',
        acts: 'threads:create_run',
        handle: async (call) => {
          const { anonymous } = call.user;
          const made = await retryRun(services, await required(call), { quotas, anonymous });
          call.res.status(made.created ? 201 : 200);
          return made.run;
        },
      }),
    ]),
  ];
}

/** Of a page, the runs on threads that the user gets to see. */
async function allowed(
  { services }: AgentParts,
  uid: string,
  access: Access,
  page: RunPage,
): Promise<RunPage> {
  if (!access.narrows('threads')) return page;
  const metadata = await metadataOfThreads(
    services,
    uid,
    page.runs.map(({ thread_id }) => thread_id),
  );
  return { ...page, runs: page.runs.filter((_, i) => access.allows('threads', metadata[i] ?? {})) };
}
