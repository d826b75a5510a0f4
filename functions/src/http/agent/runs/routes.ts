import { createRunSchema, isTerminal, LongrunError, type CreateRun, type Run } from '@longrun/shared';
import { lazy } from '../../../lib/lazy.ts';
import { removeRun } from '../../../runtime/housekeeping/remove.ts';
import { cancelRun } from '../../commands.ts';
import { pathId } from '../../parse.ts';
import { requireThread } from '../../threads.ts';
import { allowsThread } from '../access/subjects.ts';
import { ANSWERED, NO_CONTENT, route, type Call, type Route } from '../route.ts';
import type { AgentParts } from '../parts.ts';
import { batchBody } from './batch.ts';
import { cancelMany, cancelTurn } from './cancel.ts';
import { createTurn, keyOf, type Made } from './create.ts';
import * as docs from './docs.ts';
import { listTurns } from './list.ts';
import { apiRun, type ApiRun } from './run-object.ts';
import { cancelManyBody, cancelManyQuery, cancelQuery, isSet, joinQuery, listQuery } from './schemas.ts';
import { removeAfterwards } from './temporary.ts';
import { turnOfPath } from './turn-of-path.ts';
import { isAtWork } from './until-ended.ts';
import { answerResult } from './wait.ts';

/** Reads checkpoints with LangGraph's classes, which are no part of a cold start. */
const whole = lazy(() => import('../../../runtime/runs/whole-run.ts'));

/** Starting runs, reading them, and ending them. */
export function runRoutes(parts: AgentParts): Route[] {
  const { services, requests } = parts;
  const { store } = services;

  const wholeOf = async (run: Run): Promise<Run> => await (await whole()).wholeRun(store, run);
  const create = async (call: Call<CreateRun, unknown>): Promise<ApiRun> => {
    const made = await createTurn(services, call, call.body, { key: keyOf(call.req) });
    call.res.setHeader('content-location', made.location);
    return { ...apiRun(made.run, made.turn), longrun: made.run };
  };
  const wait = async (call: Call<CreateRun, unknown>) => {
    const { body, res } = call;
    const made: Made = await createTurn(services, call, body, { awaited: true, key: keyOf(call.req) });
    res.setHeader('content-location', made.location);
    if (made.temporary) removeAfterwards(services, made, res);
    const cancels = body.on_disconnect === 'cancel';
    return await answerResult(services, made, res, { requests, cancels, repeatable: false });
  };
  const get = async (call: Call<unknown, unknown>): Promise<ApiRun> => {
    const { run, turn } = await turnOfPath(parts, call);
    const longrun = await wholeOf(run);
    return { ...apiRun(longrun, turn), longrun };
  };
  const remove = async (call: Call<unknown, unknown>) => {
    const { run, turn } = await turnOfPath(parts, call);
    if (isAtWork(turn) || !(isTerminal(run.status) || run.status === 'interrupted')) {
      throw new LongrunError('not_ended', `The run is ${turn.status}. Cancel it before you delete it.`);
    }
    // One that only asks is given up.
    const ended = isTerminal(run.status) ? run : await cancelRun(services, run.owner, run.run_id);
    await removeRun(store.documents, ended);
    return NO_CONTENT;
  };

  const onThread = '/threads/:thread_id/runs';
  return [
    ...['/runs', onThread].flatMap((path) => [
      route({
        method: 'post',
        path,
        acts: 'threads:create_run',
        says: path === onThread ? 'Start a run on a thread' : 'Start a run',
        body: createRunSchema,
        doc: docs.creating(path === onThread),
        handle: create,
      }),
      route({
        method: 'post',
        path: `${path}/wait`,
        says: 'Start a run and wait for its result',
        acts: 'threads:create_run',
        body: createRunSchema,
        doc: docs.WAITING,
        handle: wait,
      }),
    ]),
    route({
      method: 'post',
      path: '/runs/batch',
      says: 'Start several runs, each on a thread of its own',
      acts: 'threads:create_run',
      body: batchBody,
      parts: {
        of: (all) => all.map((given) => ({ given, schema: createRunSchema })),
        put: (_body, all) => all,
      },
      doc: docs.BATCH,
      handle: async (call) => {
        const made: ApiRun[] = [];
        for (const [i, body] of call.body.entries()) {
          const { run, turn } = await createTurn(services, call, body, { key: keyOf(call.req, i) });
          made.push({ ...apiRun(run, turn), longrun: run });
        }
        return made;
      },
    }),
    route({
      method: 'post',
      path: '/runs/cancel',
      says: 'End several runs',
      acts: 'threads:update',
      body: cancelManyBody,
      query: cancelManyQuery,
      handle: async ({ user, body, query, access }) => {
        const allows = (threadId: string) => allowsThread(services, user.uid, threadId, access);
        await cancelMany(services, user.uid, body, { action: query.action ?? 'interrupt', allows });
        return NO_CONTENT;
      },
    }),
    route({
      method: 'get',
      path: onThread,
      says: 'Runs of a thread, newest first',
      acts: 'threads:search',
      query: listQuery,
      doc: docs.LIST,
      handle: async ({ req, user, query }) => {
        const { thread_id } = await requireThread(store, user.uid, pathId(req, 'thread_id'));
        return await listTurns(store.documents, user.uid, thread_id, query);
      },
    }),
    route({
      method: 'get',
      path: `${onThread}/:run_id`,
      says: 'A run',
      acts: 'threads:read',
      doc: docs.GET,
      handle: get,
    }),
    ...['/runs/:run_id', `${onThread}/:run_id`].flatMap((path) => [
      route({
        method: 'delete',
        path,
        acts: 'threads:delete',
        says: 'Delete an ended run with all that belongs to it',
        doc: docs.DELETE,
        handle: remove,
      }),
      route({
        method: 'get',
        path: `${path}/join`,
        says: 'Wait for the end of a run and get its result',
        acts: 'threads:read',
        query: joinQuery,
        doc: docs.JOIN,
        handle: async (call) =>
          await answerResult(services, await turnOfPath(parts, call), call.res, {
            requests,
            cancels: isSet(call.query.cancel_on_disconnect),
            repeatable: true,
          }),
      }),
    ]),
    route({
      method: 'post',
      path: `${onThread}/:run_id/cancel`,
      says: 'End a run that is at work',
      acts: 'threads:update',
      body: cancelQuery,
      query: cancelQuery,
      doc: docs.CANCEL,
      handle: async (call) => {
        const { body, query, res } = call;
        const reason = query.reason ?? body.reason ?? undefined;
        const action = query.action ?? body.action ?? 'interrupt';
        await cancelTurn(services, await turnOfPath(parts, call), action, reason);
        res.status(isSet(query.wait ?? body.wait) ? 204 : 202).end();
        return ANSWERED;
      },
    }),
  ];
}
