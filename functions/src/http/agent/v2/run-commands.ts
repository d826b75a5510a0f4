import {
  createRunSchema,
  LongrunError,
  runFromDoc,
  runPath,
  threadPath,
  isObject,
  type CreateRun,
  type Json,
  type Run,
} from '@longrun/shared';
import type * as z from 'zod/mini';
import { graphHeaders } from '../../graph-headers.ts';
import { parseAs } from '../../parse.ts';
import type { Services } from '../../services.ts';
import { withWebhook } from '../../with-webhook.ts';
import { startTurn } from '../runs/create.ts';
import { CommandRefused } from './answer.ts';
import type { Sender } from './commands.ts';
import { inputRespondParams, runStartParams } from './schemas.ts';

/** What the events of a thread are made from. */
const MODES = ['values', 'updates', 'messages-tuple', 'tasks', 'tools', 'custom'];

/** Starts a run; on a thread at work it waits for its turn. */
export async function startRun(
  services: Services,
  sender: Sender,
  threadId: string,
  given: unknown,
): Promise<Json> {
  const params = parseAs(runStartParams, given, 'params');
  const { multitaskStrategy, multitask_strategy, config, ...rest } = params;
  const { checkpoint_id, ...inherited } = config?.configurable ?? {};
  const strategy = multitask_strategy ?? multitaskStrategy ?? 'enqueue';
  const from = typeof checkpoint_id === 'string' ? { checkpoint_id } : {};
  const body = { ...rest, ...configOf(config, inherited), ...from, multitask_strategy: strategy };
  return { run_id: await begin(services, sender, threadId, body) };
}

/** Answers what the thread's run asks, which begins its next turn. */
export async function respond(
  services: Services,
  sender: Sender,
  threadId: string,
  given: unknown,
): Promise<Json> {
  const params = parseAs(inputRespondParams, given, 'params');
  const resume = answersIn(params);
  const asking = await askingRun(services, sender.user.uid, threadId);
  const open = new Set(asking.interrupts.map(({ id }) => id));
  const strange = Object.keys(resume).find((id) => !open.has(id) && !(id in asking.answers));
  if (strange !== undefined) {
    throw new CommandRefused('no_such_interrupt', `Nothing is asked under ${strange} any more.`);
  }
  const { update, goto, config, metadata } = params;
  await begin(services, sender, threadId, {
    assistant_id: assistantOf(asking),
    command: {
      resume,
      ...(update === undefined || update === null ? {} : { update }),
      ...(goto === undefined || goto === null ? {} : { goto }),
    },
    ...configOf(config, config?.configurable ?? {}),
    ...(metadata ? { metadata } : {}),
    strict_resume: true,
  });
  return {};
}

async function begin(services: Services, sender: Sender, threadId: string, body: object): Promise<string> {
  const asked = {
    if_not_exists: 'create',
    stream_mode: MODES,
    stream_subgraphs: true,
    stream_resumable: true,
  };
  const run: CreateRun = parseAs(createRunSchema, { ...body, ...asked }, 'params');
  const checked = await withWebhook(run, services.config);
  const { turn } = await startTurn(services, sender.user, checked, {
    headers: graphHeaders(sender.headers),
    identity: sender.user.identity,
    threadInPath: threadId,
    envelopes: true,
  });
  return turn.run_id;
}

/** The path decides on the thread. */
function configOf(config: CreateRun['config'], configurable: { [name: string]: Json }) {
  const others = Object.entries(configurable).filter(([name]) => name !== 'thread_id');
  return config ? { config: { ...config, configurable: Object.fromEntries(others) } } : {};
}

function answersIn(params: z.infer<typeof inputRespondParams>): { [id: string]: Json } {
  const { interrupt_id, response, responses } = params;
  const given = responses ?? (interrupt_id === undefined ? [] : [{ interrupt_id, response }]);
  if (given.length === 0) {
    throw new CommandRefused('invalid_argument', 'params: send interrupt_id with response, or responses.');
  }
  return Object.fromEntries(given.map((one) => [one.interrupt_id, one.response ?? null]));
}

async function askingRun({ store }: Services, uid: string, threadId: string): Promise<Run> {
  const [thread] = await store.documents.get([threadPath(uid, threadId)]);
  if (thread === undefined) throw new CommandRefused('no_such_run', `There is no thread ${threadId}.`);
  const active = thread.fields['active_run_id'];
  const [doc] = typeof active === 'string' ? await store.documents.get([runPath(uid, active)]) : [];
  const run = doc === undefined ? undefined : runFromDoc(doc.fields);
  if (run?.status !== 'interrupted') {
    throw new LongrunError(
      'not_interrupted',
      'The thread asks nothing: input.respond answers what a run asks.',
    );
  }
  return run;
}

function assistantOf({ request, assistant_id }: Run): string {
  const id = isObject(request) ? request['assistant_id'] : undefined;
  return typeof id === 'string' ? id : assistant_id;
}
