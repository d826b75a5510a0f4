import { createHash } from 'node:crypto';
import type { Fields, Value } from '../../ports/documents.ts';

/**
 * Where a thread's checkpoints are kept, below the thread's document:
 *
 *   checkpoints/{hash of namespace}-{checkpoint id}   head, the values that changed, and where the others are
 *   writes/{hash of namespace, checkpoint and task}   what a task wrote before the next checkpoint
 *   blobs/{checkpoint document}-{channel}-{i}         pieces of a value too large to stand in the checkpoint
 *
 * `key` is namespace and checkpoint id; ids of checkpoints (UUID v6) sort by time.
 */
export const checkpointsOf = (thread: string) => `${thread}/checkpoints`;
export const writesOf = (thread: string) => `${thread}/writes`;
export const blobsOf = (thread: string) => `${thread}/blobs`;

export const checkpointDocId = (ns: string, id: string) => `${hash(ns)}-${id}`;
export const checkpointKey = (ns: string, id: string) => `${ns}!${id}`;
/** Every key of a namespace lies between these two. */
export const keyRange = (ns: string) => ({ from: `${ns}!`, to: `${ns}!~` });
export const writesDocId = (ns: string, id: string, task: string, kind: string) =>
  `${hash(`${ns}!${id}!${task}`)}-${kind}`;
export const blobDocId = (checkpointDoc: string, channel: string, i: number) =>
  `${checkpointDoc}-${hash(channel)}-${i}`;

/** A value as LangGraph's serializer gives it. */
export interface Serialized {
  type: string;
  bytes: Uint8Array;
}

export function isFields(value: Value | undefined): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
