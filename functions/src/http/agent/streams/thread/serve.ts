import type { Response } from 'express';
import { threadPath, toJson, type Json } from '@longrun/shared';
import { lazy } from '../../../../lib/lazy.ts';
import { holderOf } from '../../../../runtime/runs/thread-queue.ts';
import { turnsOf } from '../../../../runtime/runs/turns.ts';
import { log } from '../../../../telemetry/log.ts';
import { beginEventStream } from '../../../event-stream.ts';
import type { AgentParts } from '../../parts.ts';
import type { ThreadMode } from '../../runs/schemas.ts';
import { isAtWork } from '../../runs/until-ended.ts';
import { requireStored } from '../../threads/stored-thread.ts';
import { ThreadFeed } from '../../v2/thread-feed.ts';
import type { FirstRun, RunRef } from '../../v2/thread-runs.ts';
import { afterAllOf, BEGINNING, isAfter, type FrameId } from '../frame.ts';
import { InOrder } from './in-order.ts';
import { positionText, type Position } from './position.ts';
import { RunParts, type Part } from './run-parts.ts';

const whole = lazy(() => import('../../../../runtime/runs/whole-run.ts'));

export interface ThreadReading {
  uid: string;
  threadId: string;
  modes: ReadonlySet<ThreadMode>;
  position: Position;
}

/**
 * What the runs of a thread do, one after the other, as LangGraph's clients read single runs, until the reader leaves. Each frame's
 * id names its run, so that any instance goes on after it. Throws `not_found`.
 */
export async function streamRunsOfThread(
  { services, requests, readers }: AgentParts,
  { uid, threadId, modes, position }: ThreadReading,
  res: Response,
): Promise<void> {
  const { store } = services;
  await requireStored(store, uid, threadId);
  const present = position === null ? await presentTurn(services, uid, threadId) : undefined;
  const after = position === 'beginning' ? null : (position ?? present ?? null);
  // Where clients go on by themselves when the connection is cut.
  res.setHeader('location', `/threads/${threadId}/stream`);
  beginEventStream(res);
  const order = new InOrder();
  const write = (runId: string, id: FrameId, event: string, data: Json) => {
    if (res.writableEnded || res.destroyed) return;
    res.write(`id: ${positionText(runId, id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  if (present?.turn !== undefined && (modes.has('run_modes') || modes.has('lifecycle'))) {
    const data = { run_id: present.turn, attempt: 1, thread_id: threadId };
    write(present.runId, present.after, 'metadata', data);
  }

  const send = async ({ run_id }: RunRef, part: Exclude<Part, { kind: 'frame' }>): Promise<void> => {
    try {
      if (part.kind === 'values') {
        const { run } = await store.require(uid, run_id);
        write(run_id, part.id, 'values', await (await whole()).outputOf(store, run));
      } else {
        write(run_id, part.id, 'state_update', await stateAt(services, uid, threadId, part.checkpointId));
      }
    } catch (error) {
      log.error('What a run left could not be streamed.', error, { run_id });
    }
  };
  const fail = (error: Error) => {
    log.error('A stream ended early; its reader resumes.', error, { thread_id: threadId });
    res.destroy();
  };
  const feed = new ThreadFeed(
    store.documents,
    { uid, threadId, first: firstOf(position, after?.runId) },
    {
      reader: readers.add(res),
      readers,
      ready: () => order.idle(),
      read: (run) => {
        const parts = new RunParts(threadId, modes);
        const sent = run.run_id === after?.runId ? after.after : BEGINNING;
        return (event) => {
          for (const part of parts.of(event)) {
            if (!isAfter(part.id, sent)) continue;
            order.push(() =>
              part.kind === 'frame'
                ? write(run.run_id, part.id, part.frame.event, part.frame.data)
                : send(run, part),
            );
          }
        };
      },
      onError: fail,
    },
  );
  // Another instance goes on where this one stops: to the client it looks like a cut, since a thread has no end.
  const leave = () => res.destroy();
  requests.closing.addEventListener('abort', leave, { once: true });
  res.once('close', () => {
    feed.stop();
    requests.closing.removeEventListener('abort', leave);
  });
  if (requests.closing.aborted) leave();
}

function firstOf(position: Position, runId: string | undefined): FirstRun {
  if (position === 'beginning') return 'oldest';
  return runId === undefined ? 'next' : { runId };
}

/** The run that holds the thread, after all that it has done so far, and its turn unless it only asks. */
async function presentTurn({ store }: AgentParts['services'], uid: string, threadId: string) {
  const [thread] = await store.documents.get([threadPath(uid, threadId)]);
  const { active } = await holderOf(store, uid, thread);
  const turn = active === null ? undefined : turnsOf(active).at(-1);
  if (active === null || turn === undefined) return undefined;
  const place = { runId: active.run_id, after: afterAllOf(active.head.seq) };
  return isAtWork(turn) ? { ...place, turn: turn.run_id } : { ...place, turn: undefined };
}

async function stateAt(
  { store, reader }: AgentParts['services'],
  uid: string,
  threadId: string,
  checkpoint_id: string,
): Promise<Json> {
  const { thread } = await requireStored(store, uid, threadId);
  const { graph_id: graphId, config } = thread;
  if (graphId === null) return {};
  const state = await reader.state(uid, threadId, {
    graphId,
    config,
    checkpoint: { checkpoint_id },
    subgraphs: false,
  });
  return toJson(state);
}
