import type { Response } from 'express';
import { log } from '../../../telemetry/log.ts';
import { lazy } from '../../../lib/lazy.ts';
import { beginEventStream } from '../../event-stream.ts';
import { followPaced } from '../../follow-paced.ts';
import type { OpenRequests } from '../../open-requests.ts';
import { drained, type Readers } from '../../readers.ts';
import type { Services } from '../../services.ts';
import { onLeave } from '../runs/on-leave.ts';
import { isAtWork, type FoundTurn } from '../runs/until-ended.ts';
import { endsTurn } from './follow-turn.ts';
import { afterAllOf, frameText, isAfter, type Frame, type FrameId } from './frame.ts';
import { LAST_VALUES, TurnFrames, type StreamWish, type TurnEnd } from './turn-frames.ts';

const whole = lazy(() => import('../../../runtime/runs/whole-run.ts'));

export interface Streaming {
  requests: OpenRequests;
  readers: Readers;
  /** The run ends when its reader leaves. */
  cancels: boolean;
  wish: StreamWish;
  /** After which frame; null: what comes from now on. */
  after: FrameId | null;
}

/** A turn as server-sent events, as LangGraph's clients read them: what is recorded, then live, to the turn's end. */
export function streamTurn(
  services: Pick<Services, 'store' | 'queue'>,
  found: FoundTurn,
  res: Response,
  { requests, readers, cancels, wish, after }: Streaming,
): void {
  const { run, turn } = found;
  const { documents } = services.store;
  beginEventStream(res);
  if (after === null && !isAtWork(turn)) {
    res.end();
    return;
  }
  const reader = readers.add(res);
  onLeave(services, found, res, { requests, cancels, isCut: () => reader.cut });
  const frames = new TurnFrames(wish);
  const isEnd = endsTurn(found);
  let sent = after ?? afterAllOf(run.head.seq);
  let seen = firstToRead(found, wish, sent) - 1;
  let isOver = false;
  const send = (frame: Frame) => {
    if (!isAfter(frame.id, sent)) return;
    sent = frame.id;
    res.write(frameText(frame));
  };
  if (after === null) res.write(frameText({ ...frames.begin(run.head.seq), id: sent }));

  const finish = async (end: TurnEnd): Promise<void> => {
    isOver = true;
    unsubscribe();
    try {
      if (end.withoutValues) {
        const { run: ended } = await services.store.require(run.owner, run.run_id);
        const data = await (await whole()).outputOf(services.store, ended);
        send({ id: { seq: end.seq, k: LAST_VALUES }, event: 'values', data });
      }
    } catch (error) {
      log.error('An output could not be streamed.', error, { run_id: turn.run_id });
    }
    for (const frame of frames.end(end)) send(frame);
    res.end();
  };
  const failed = (error: Error) => {
    log.error('A stream ended early; its reader resumes.', error, { run_id: turn.run_id });
    res.destroy();
  };
  const unsubscribe = followPaced(documents, run, seen, {
    onEntry: (entry) => {
      for (const event of entry.events) {
        if (isOver || event.seq <= seen) continue;
        seen = event.seq;
        if (event.seq === turn.fromSeq) send(frames.begin(event.seq));
        if (!isEnd(event)) continue;
        for (const frame of frames.of(event)) send(frame);
        const end = frames.endOf(event);
        // The subscription is not there yet when the first entry comes at once.
        if (end !== undefined) queueMicrotask(() => void finish(end));
        isOver = end !== undefined;
      }
      readers.check(reader);
    },
    ready: () => drained(res),
    onHeld: (bytes) => (reader.held = bytes),
    loading: (load) => readers.loading(load),
    onEnd: () => {},
    onError: failed,
  });
  // Another instance goes on where this one stops.
  const leave = () => res.end();
  requests.closing.addEventListener('abort', leave, { once: true });
  res.on('close', () => {
    requests.closing.removeEventListener('abort', leave);
    unsubscribe();
  });
}

/** Pieces of messages say nothing without those before them; of anything else the log is read from where the reader is. */
function firstToRead({ turn }: FoundTurn, { modes }: StreamWish, after: FrameId): number {
  const stateful = modes.has('messages') || modes.has('messages-tuple');
  return stateful ? turn.fromSeq : Math.max(turn.fromSeq, after.seq);
}
