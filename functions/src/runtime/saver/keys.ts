import type { RunnableConfig } from '@langchain/core/runnables';
import { createHash } from 'node:crypto';

/**
 * Where a thread's checkpoints are kept, below the thread's document:
 *
 *   checkpoints/{key}       head and changed values of one checkpoint; key = {namespace}!{checkpoint id}
 *   checkpoints/{key}!w     what the tasks of the step after it wrote, a field for each task
 *   checkpoints/{key}!w1    more of that, and so on (!w2 ...), when one document cannot hold it
 *   blobs/{key}!{i}         pieces of what is too large to stand in its document
 *
 * The document's id is repeated in its field `key`, the only one that is queried, because Firestore sorts
 * downwards by a field without a composite index but not by the id. Ids of checkpoints (UUID v6) sort by time and
 * `!` sorts before every character of an id, so a checkpoint and its writes are neighbours, writes last.
 */
export interface Namespace {
  threadId: string;
  /** Path of the thread's document. */
  thread: string;
  ns: string;
}

export class InvalidCheckpointConfig extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCheckpointConfig';
  }
}

const MAX_ID = 512; // characters; a document's id may hold 1500 bytes

export const checkpointsOf = (thread: string) => `${thread}/checkpoints`;
export const blobsOf = (thread: string) => `${thread}/blobs`;
export const pathOf = (thread: string, key: string) => `${checkpointsOf(thread)}/${key}`;
export const chunkPath = (thread: string, key: string, i: number) => `${blobsOf(thread)}/${key}!${i}`;

export const checkpointKey = (ns: string, id: string) => `${prefixOf(ns)}!${encodeId(id)}`;
/** Of the document with a part of the writes after a checkpoint; most steps have one part, number 0. */
export const writesKey = (key: string, part = 0) => `${key}${WRITES}${part === 0 ? '' : part}`;
export const isWritesKey = (key: string) => PART.test(key);
export const checkpointOfWrites = (key: string) => key.replace(PART, '');
export const partOfWrites = (key: string) => Number(PART.exec(key)?.[1] ?? 0);
/** The parts of a checkpoint's writes lie from the first key to before the other; `:` is the character after `9`. */
export const writesKeysOf = (key: string) => ({ from: `${key}${WRITES}`, before: `${key}${WRITES}:` });
/** Every key of the namespace lies between the two; `"` is the character after `!`. */
export const keysOf = (ns: string) => ({ after: `${prefixOf(ns)}!`, before: `${prefixOf(ns)}"` });
/** For names of blobs, which must be short and free of slashes whatever the task is called. */
export const shortHash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const WRITES = '!w';
const PART = /!w(\d*)$/;

/** Namespaces name every node on the way down, so they may be long: only the root's is readable. */
function prefixOf(ns: string): string {
  return ns === '' ? 'root' : shortHash(ns);
}

function encodeId(id: string): string {
  return encodeURIComponent(id).replaceAll('!', '%21');
}

/** undefined when the config names no thread. Throws InvalidCheckpointConfig. */
export function namespaceOf(
  config: RunnableConfig,
  threadPath: (threadId: string) => string,
): Namespace | undefined {
  const threadId: unknown = config.configurable?.['thread_id'];
  const ns: unknown = config.configurable?.['checkpoint_ns'] ?? '';
  if (threadId === undefined) return undefined;
  if (typeof threadId !== 'string' || threadId === '' || threadId.includes('/')) {
    throw new InvalidCheckpointConfig(
      'configurable.thread_id must be a string that is not empty and has no "/".',
    );
  }
  if (typeof ns !== 'string')
    throw new InvalidCheckpointConfig('configurable.checkpoint_ns must be a string.');
  return { threadId, thread: threadPath(threadId), ns };
}

/** Likewise; for calls that make no sense without a thread. */
export function requireNamespace(
  config: RunnableConfig,
  threadPath: (threadId: string) => string,
): Namespace {
  const found = namespaceOf(config, threadPath);
  if (found === undefined) throw new InvalidCheckpointConfig('The config names no configurable.thread_id.');
  return found;
}

/** The id that the config names, or undefined for the latest checkpoint. Throws InvalidCheckpointConfig. */
export function idOf(config: RunnableConfig): string | undefined {
  const { checkpoint_id, thread_ts } = config.configurable ?? {};
  // LangGraph's former name of it still counts, and an empty one is none.
  const id: unknown = checkpoint_id || thread_ts || undefined;
  return id === undefined ? undefined : checkId(id);
}

export function checkId(id: unknown): string {
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID || !id.isWellFormed()) {
    throw new InvalidCheckpointConfig(`A checkpoint's id must be a string of 1 to ${MAX_ID} characters.`);
  }
  return id;
}

export function configOf({ threadId, ns }: Namespace, id: string): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: id } };
}
