import { LongrunError, type Json } from '@longrun/shared';

/**
 * One server-sent event. Its id names the event of the log from which it was made, and which of that event's frames it is, so
 * that any instance can go on after it.
 */
export interface Frame {
  id: FrameId;
  event: string;
  data: Json;
}
export interface FrameId {
  seq: number;
  k: number;
}

/** Before everything, and after all that event `seq` gives. */
export const BEGINNING: FrameId = { seq: 0, k: 0 };
export const afterAllOf = (seq: number): FrameId => ({ seq, k: LAST });
const LAST = 9;

export const isAfter = (a: FrameId, b: FrameId): boolean => a.seq > b.seq || (a.seq === b.seq && a.k > b.k);

export const idText = ({ seq, k }: FrameId): string => (k === 0 ? String(seq) : `${seq}.${k}`);

export function frameText({ id, event, data }: Frame): string {
  return `id: ${idText(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What `Last-Event-ID` says: a frame, the beginning (`-1`), or null for nothing. Throws `invalid_request`. */
export function parseFrameId(header: string | string[] | undefined): FrameId | null {
  if (header === undefined || header === '') return null;
  if (header === '-1' || header === '-') return BEGINNING;
  const [, seq, k = '0'] = /^(\d{1,15})(?:\.(\d))?$/.exec(String(header)) ?? [];
  if (seq === undefined) {
    throw new LongrunError(
      'invalid_request',
      'Last-Event-ID: must be the id of an event of this stream, or -1 for all of it.',
    );
  }
  return { seq: Number(seq), k: Number(k) };
}
