import { LongrunError } from '@longrun/shared';
import { pathId } from '../../parse.ts';
import { Readers } from '../../readers.ts';
import { ANSWERED, route, type Call, type Route } from '../route.ts';
import type { AgentParts } from '../parts.ts';
import { CommandRefused, refusal, type Answer } from './answer.ts';
import { getState, getTree } from './look-commands.ts';
import { respond, startRun } from './run-commands.ts';
import { commandBody, eventsBody, inputRespondParams, runStartParams, type Command } from './schemas.ts';
import { streamThread } from './serve.ts';

/** Methods of the protocol that others serve. */
const NOT_SUPPORTED: { [method: string]: string } = {
  'input.inject': 'Start a run with the message.',
  'state.listCheckpoints': 'Use POST /api/threads/:thread_id/history.',
  'state.fork': 'Start a run with config.configurable.checkpoint_id.',
  'subscription.subscribe': 'Use POST /api/threads/:thread_id/stream/events.',
  'subscription.unsubscribe': 'Close the stream.',
  'subscription.reconnect': 'Open the stream again.',
};

/** Methods that start a run, or its next turn, and what they take. */
const STARTING: { [method: string]: typeof runStartParams | typeof inputRespondParams } = {
  'run.start': runStartParams,
  'input.respond': inputRespondParams,
};

const EVENTS: NonNullable<Route['doc']> = {
  description:
    'Server-sent events: `event` is the method, `id` names the event, and is the same at every connection, `data` is the event as JSON. ' +
    'The stream stays open over the runs of the thread. Without `since` it begins with the newest run.',
  answers: { 200: { description: 'The stream.', type: 'text/event-stream' } },
};

/** Threads as LangGraph's newer clients use them: commands, and one stream of events for all of a thread's runs. */
export function threadProtocolRoutes({ services, requests }: AgentParts): Route[] {
  const readers = new Readers();

  const resultOf = (call: Call<Command, unknown>, threadId: string) => {
    const { user, body } = call;
    const params = body.params ?? {};
    switch (body.method) {
      case 'run.start':
        return startRun(services, call, threadId, params);
      case 'input.respond':
        return respond(services, call, threadId, params);
      case 'state.get':
        return getState(services, user.uid, threadId, params);
      case 'agent.getTree':
        return getTree(services, user.uid, threadId, params);
      default: {
        const instead = NOT_SUPPORTED[body.method];
        if (instead === undefined) {
          throw new CommandRefused('unknown_command', `There is no command ${body.method}.`);
        }
        throw new CommandRefused('not_supported', `${body.method} is not supported. ${instead}`);
      }
    }
  };

  return [
    route({
      method: 'post',
      path: '/threads/:thread_id/commands',
      says: 'Starts a run, answers what one asks, or looks at the thread. Refusals are answered with 200, too.',
      acts: ({ body }) => (Object.hasOwn(STARTING, body.method) ? 'threads:create_run' : 'threads:read'),
      body: commandBody,
      parts: {
        of: ({ method, params }) => [{ given: params ?? {}, schema: STARTING[method] }],
        put: (body, [params]) => ({ ...body, params }),
      },
      handle: async (call): Promise<Answer> => {
        const { id } = call.body;
        const threadId = pathId(call.req, 'thread_id');
        try {
          const result = await resultOf(call, threadId);
          // Numbers are those of the stream, where the command is heard of when its run is.
          return { type: 'success', id, result, meta: { thread_id: threadId, applied_through_seq: 0 } };
        } catch (error) {
          return refusal(id, error);
        }
      },
    }),
    route({
      method: 'post',
      path: '/threads/:thread_id/stream/events',
      says: 'What the runs of a thread do, from the newest on, until the reader leaves. The thread need not exist yet.',
      acts: 'threads:read',
      body: eventsBody,
      doc: EVENTS,
      handle: async ({ user, req, res, body }) => {
        const stream = { uid: user.uid, threadId: pathId(req, 'thread_id'), body };
        streamThread(services.store.documents, stream, res, { requests, readers });
        return ANSWERED;
      },
    }),
    route({
      method: 'get',
      path: '/threads/:thread_id/stream/events',
      says: 'Is refused: there are no WebSockets here.',
      acts: 'threads:read',
      doc: { errors: ['method_not_allowed'] },
      handle: async ({ res }) => {
        res.setHeader('allow', 'POST');
        throw new LongrunError(
          'method_not_allowed',
          'WebSockets are not served here. Use POST for server-sent events, which is how clients do it unless told otherwise.',
        );
      },
    }),
  ];
}
