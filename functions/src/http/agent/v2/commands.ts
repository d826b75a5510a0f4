import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '@longrun/shared';
import type { User } from '../../auth.ts';
import type { Services } from '../../services.ts';
import type { Part } from '../access/authorize.ts';
import { CommandRefused, refusal, type Answer } from './answer.ts';
import { getState, getTree } from './look-commands.ts';
import { respond, startRun } from './run-commands.ts';
import { commandBody, inputRespondParams, runStartParams, type Command } from './schemas.ts';

/** Who sends commands, and the headers that a graph finds in its `configurable`. */
export interface Sender {
  user: User;
  headers: IncomingHttpHeaders;
}

/** Methods that start a run, or its next turn, and what they take. */
const STARTING: { [method: string]: typeof runStartParams | typeof inputRespondParams } = {
  'run.start': runStartParams,
  'input.respond': inputRespondParams,
};

/** What a command is to the handlers of a project's `auth`, however it comes. */
export const COMMANDS = {
  acts: ({ body }: { body: Command }) =>
    Object.hasOwn(STARTING, body.method) ? 'threads:create_run' : 'threads:read',
  body: commandBody,
  parts: {
    of: ({ method, params }: Command): Part[] => [{ given: params ?? {}, schema: STARTING[method] }],
    put: (body: Command, [params]: unknown[]) => ({ ...body, params }),
  },
};

/** Methods of the protocol that others serve. */
const NOT_SUPPORTED: { [method: string]: string } = {
  'input.inject': 'Start a run with the message.',
  'state.listCheckpoints': 'Use POST /api/threads/:thread_id/history.',
  'state.fork': 'Start a run with config.configurable.checkpoint_id.',
  'subscription.subscribe': 'Use POST /api/threads/:thread_id/stream/events.',
  'subscription.unsubscribe': 'Close the stream.',
  'subscription.reconnect': 'Open the stream again.',
};

/** Carries a command out. Rejects when that is no fault of the command. */
export async function obey(
  services: Services,
  sender: Sender,
  threadId: string,
  command: Command,
): Promise<Answer> {
  const { id } = command;
  try {
    return succeeded(id, threadId, await resultOf(services, sender, threadId, command));
  } catch (error) {
    return refusal(id, error);
  }
}

/** Numbers are those of the stream, where the command is heard of when its run is. */
export const succeeded = (id: number, threadId: string, result: Json): Answer => ({
  type: 'success',
  id,
  result,
  meta: { thread_id: threadId, applied_through_seq: 0 },
});

async function resultOf(
  services: Services,
  sender: Sender,
  threadId: string,
  { method, params: given }: Command,
): Promise<Json> {
  const params = given ?? {};
  switch (method) {
    case 'run.start':
      return await startRun(services, sender, threadId, params);
    case 'input.respond':
      return await respond(services, sender, threadId, params);
    case 'state.get':
      return await getState(services, sender.user.uid, threadId, params);
    case 'agent.getTree':
      return await getTree(services, sender.user.uid, threadId, params);
    default: {
      const instead = NOT_SUPPORTED[method];
      if (instead === undefined) {
        throw new CommandRefused('unknown_command', `There is no command ${method}.`);
      }
      throw new CommandRefused('not_supported', `${method} is not supported. ${instead}`);
    }
  }
}
