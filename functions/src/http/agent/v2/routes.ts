import { LongrunError } from '@longrun/shared';
import { pathId } from '../../parse.ts';
import type { AgentParts } from '../parts.ts';
import { ANSWERED, route, type Route } from '../route.ts';
import { COMMANDS, obey } from './commands.ts';
import { eventsBody } from './schemas.ts';
import { streamThread } from './serve.ts';

const EVENTS: NonNullable<Route['doc']> = {
  description:
    'Server-sent events: `event` is the method, `id` names the event, and is the same at every connection, `data` is the event as JSON. ' +
    'The stream stays open over the runs of the thread. Without `since` it begins with the newest run.',
  answers: { 200: { description: 'The stream.', type: 'text/event-stream' } },
};

const SOCKET: NonNullable<Route['doc']> = {
  description:
    'A WebSocket: each message of the client is a command as of `POST /threads/:thread_id/commands`, each message of the server ' +
    'its answer or an event as of `POST /threads/:thread_id/stream/events`. `subscription.subscribe` with `channels`, `namespaces` ' +
    'and `depth` begins with the newest run; `subscription.unsubscribe` takes its `subscription_id`. Who cannot set headers, as a ' +
    'page, offers the subprotocols `longrun` and `bearer.<ID token or API key>`. Firebase Hosting passes no WebSockets on.',
  answers: { 101: { description: 'The connection is a WebSocket from here on.' } },
  errors: ['upgrade_required', 'forbidden', 'not_found'],
};

/** Threads as LangGraph's newer clients use them: commands, and one stream of events for all of a thread's runs. */
export function threadProtocolRoutes({ services, requests, readers }: AgentParts): Route[] {
  return [
    route({
      method: 'post',
      path: '/threads/:thread_id/commands',
      says: 'Starts a run, answers what one asks, or looks at the thread. Refusals are answered with 200, too.',
      ...COMMANDS,
      handle: ({ user, req, body }) =>
        obey(services, { user, headers: req.headers }, pathId(req, 'thread_id'), body),
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
      says: 'Commands and events of a thread over one WebSocket.',
      acts: 'threads:read',
      doc: SOCKET,
      // One that asks to be a WebSocket does not come here.
      handle: async ({ res }) => {
        res.setHeader('upgrade', 'websocket');
        throw new LongrunError(
          'upgrade_required',
          'Connect with a WebSocket, or use POST for server-sent events.',
        );
      },
    }),
  ];
}
