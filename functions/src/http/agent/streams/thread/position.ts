import { LongrunError } from '@longrun/shared';
import { BEGINNING, idText, parseFrameId, type FrameId } from '../frame.ts';

/** Where a reader of a thread is: after which frame of which run, before all of them, or (null) at what comes from now on. */
export type Position = { runId: string; after: FrameId } | 'beginning' | null;

export const positionText = (runId: string, id: FrameId): string => `${runId}:${idText(id)}`;

/** What `Last-Event-ID` says. Throws `invalid_request`. */
export function parsePosition(header: string | string[] | undefined): Position {
  if (header === undefined || header === '') return null;
  if (header === '-' || header === '-1') return 'beginning';
  const [, runId, frame] = /^([\w-]{1,100}):([\d.]+)$/.exec(String(header)) ?? [];
  if (runId === undefined) {
    throw new LongrunError(
      'invalid_request',
      'Last-Event-ID: must be the id of an event of this stream, or - for all of it.',
    );
  }
  return { runId, after: parseFrameId(frame) ?? BEGINNING };
}
