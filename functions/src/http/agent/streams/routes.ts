import { createRunSchema, nothingSchema, type CreateRun } from '@longrun/shared';
import { pathId } from '../../parse.ts';
import { streamRun } from '../../stream.ts';
import { createTurn, keyOf } from '../runs/create.ts';
import * as docs from '../runs/docs.ts';
import { modesAsked } from '../runs/request.ts';
import {
  createStreamQuery,
  isSet,
  streamQuery,
  threadStreamQuery,
  type StreamQuery,
} from '../runs/schemas.ts';
import { removeAfterwards } from '../runs/temporary.ts';
import { turnOfPath } from '../runs/turn-of-path.ts';
import type { FoundTurn } from '../runs/until-ended.ts';
import { ANSWERED, route, type Call, type Route } from '../route.ts';
import type { AgentParts } from '../parts.ts';
import { BEGINNING, parseFrameId } from './frame.ts';
import { recordedModes } from './recorded-modes.ts';
import { streamTurn } from './serve.ts';
import { parsePosition } from './thread/position.ts';
import { streamRunsOfThread } from './thread/serve.ts';
import type { StreamWish } from './turn-frames.ts';

/** Reading what runs do, while they do it and afterwards. */
export function streamRoutes(parts: AgentParts): Route[] {
  const { services, requests, readers } = parts;

  const start = async (call: Call<CreateRun, Pick<StreamQuery, 'namespace'>>) => {
    const { body, query, res } = call;
    const made = await createTurn(services, call, body, { streamed: true, key: keyOf(call.req) });
    res.setHeader('content-location', made.location);
    // Where clients go on by themselves when the connection is cut.
    res.setHeader('location', `${made.location}/stream`);
    const wish = wishOf(made, modesAsked(body, true), body.stream_subgraphs === true, query.namespace);
    if (made.temporary) removeAfterwards(services, made, res);
    const cancels = body.on_disconnect === 'cancel';
    streamTurn(services, made, res, { requests, readers, cancels, wish, after: BEGINNING });
    return ANSWERED;
  };
  const follow = async (call: Call<unknown, StreamQuery>) => {
    const { req, res, query } = call;
    const after = parseFrameId(req.headers['last-event-id']);
    const found = await turnOfPath(parts, call);
    const { modes, subgraphs } = recordedModes(found.turn.request);
    const only = query.stream_mode === undefined ? null : new Set<string>([query.stream_mode].flat());
    const wanted = only === null ? modes : modes.filter((mode) => only.has(mode));
    const wish = wishOf(found, wanted, subgraphs, query.namespace);
    const cancels = isSet(query.cancel_on_disconnect);
    streamTurn(services, found, res, { requests, readers, cancels, wish, after });
    return ANSWERED;
  };

  const ofThread = route({
    method: 'get',
    path: '/threads/:thread_id/stream',
    says: 'What the runs of a thread do, one after the other, until the reader leaves.',
    acts: 'threads:read',
    query: threadStreamQuery,
    doc: docs.THREAD_STREAM,
    handle: async ({ user, req, res, query }) => {
      const reading = {
        uid: user.uid,
        threadId: pathId(req, 'thread_id'),
        modes: new Set([query.stream_mode ?? 'run_modes'].flat()),
        position: parsePosition(req.headers['last-event-id']),
      };
      await streamRunsOfThread(parts, reading, res);
      return ANSWERED;
    },
  });

  const ofRuns = ['/runs', '/threads/:thread_id/runs'].flatMap((path) => [
    route({
      method: 'post',
      path: `${path}/stream`,
      says: 'Start a run and read its stream',
      acts: 'threads:create_run',
      body: createRunSchema,
      query: createStreamQuery,
      doc: docs.STREAM_NEW,
      handle: start,
    }),
    route({
      method: 'get',
      path: `${path}/:run_id/stream`,
      says: 'Read a run’s stream',
      acts: 'threads:read',
      query: streamQuery,
      doc: docs.STREAM,
      handle: follow,
    }),
    route({
      method: 'get',
      path: `${path}/:run_id/events`,
      says: 'All events: replayed, then live',
      acts: 'threads:read',
      query: nothingSchema,
      doc: docs.EVENTS,
      handle: async (call) => {
        const { run } = await turnOfPath(parts, call);
        streamRun(services.store.documents, run, call.req, call.res, requests.closing, readers);
        return ANSWERED;
      },
    }),
  ]);
  return [ofThread, ...ofRuns];
}

function wishOf(
  { turn }: FoundTurn,
  modes: readonly string[],
  subgraphs: boolean,
  namespace: StreamQuery['namespace'],
): StreamWish {
  return {
    runId: turn.run_id,
    threadId: turn.thread_id,
    modes: new Set(modes),
    subgraphs,
    namespaces: namespace === undefined ? null : new Set([namespace].flat()),
  };
}
