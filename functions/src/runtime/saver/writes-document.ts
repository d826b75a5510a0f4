import { hash } from 'node:crypto';
import type { DocumentWrite, Fields, StoredDocument, Value } from '../../ports/documents.ts';
import * as z from 'zod';
import type { Blocks } from './blocks.ts';
import { CheckpointDamaged, StateTooLarge } from './errors.ts';
import type { Segment } from './head.ts';
import { chunkPath, partOfWrites, pathOf, shortHash, writesKey } from './keys.ts';
import { Packer, unpack, type Serialized } from './packer.ts';
import type { Entry } from './task-writes.ts';

/**
 * The documents with what the tasks of one step wrote: one, and more when that is full. Each task has a field of its
 * own, so that each can be merged in blindly; a field is `{ task, path, writes: JSON, data? }`, or `{ ..., blobs: key }`
 * when its data is large. A task that no longer fits moves to a later document; what the last one says of it counts.
 */
export interface WritesState {
  tasks: Map<string, TaskWrites>;
  /** Bytes of the fields of each document. */
  parts: number[];
}

export interface TaskWrites {
  entries: Entry[];
  /** Where the task stands in its step, as LangGraph says it: the order in which writes are applied. */
  path: string;
  part: number;
  /** Bytes that its field takes in its document. */
  size: number;
}

const DOCUMENT_BYTES = 900_000; // of Firestore's 1 MiB
const FIELD = 'task:';

const entrySchema = z.tuple([
  z.string(),
  z.number().int(),
  z.union([z.string(), z.tuple([z.number(), z.number(), z.boolean(), z.string()])]),
]);
const writesSchema = z.array(entrySchema);

export const emptyWrites = (): WritesState => ({ tasks: new Map(), parts: [] });

/** Puts the task's writes in the state and returns the documents that make it so. Throws StateTooLarge. */
export function writeTask(
  state: WritesState,
  thread: string,
  key: string,
  taskId: string,
  { entries, path }: Pick<TaskWrites, 'entries' | 'path'>,
  limit: number,
): DocumentWrite[] {
  const packer = new Packer(writesKey(key));
  const encoded = entries.map(({ channel, index, type, bytes }): z.infer<typeof entrySchema> => {
    if (type === 'json' && bytes.byteLength < 256) return [channel, index, new TextDecoder().decode(bytes)];
    const at = packer.add({ type, bytes });
    return [channel, index, [at.offset, at.bytes, at.deflated, type]];
  });
  if (packer.size > limit) throw tooLarge(entries, packer.size, limit);
  const writes = JSON.stringify(encoded);
  const head = headBytes({ task: taskId, path, writes });
  if (head > DOCUMENT_BYTES) throw tooLarge(entries, head, DOCUMENT_BYTES);
  const { part, room } = placeFor(state, taskId, head, packer.size);
  const { data, chunks } = packer.finish(room - head);
  const field: Fields = { task: taskId, ...(path === '' ? {} : { path }), writes };
  // Named by its content too, so that a blob never changes once written.
  const blobs = `${writesKey(key)}!${shortHash(taskId)}${hash('sha256', Buffer.concat(chunks), 'base64url')}`;
  if (chunks.length > 0) field['blobs'] = blobs;
  else if (data.byteLength > 0) field['data'] = data;
  note(state, taskId, { entries, path, part, size: head + data.byteLength });
  const documentKey = writesKey(key, part);
  return [
    {
      op: 'merge',
      path: pathOf(thread, documentKey),
      fields: { key: documentKey, [`${FIELD}${shortHash(taskId)}`]: field },
    },
    ...chunks.map((chunk, i): DocumentWrite => ({
      op: 'set',
      path: chunkPath(thread, blobs, i),
      fields: { data: chunk },
    })),
  ];
}

/** The document for a task's writes, and the bytes that it has left for them. */
function placeFor(
  { tasks, parts }: WritesState,
  taskId: string,
  head: number,
  data: number,
): { part: number; room: number } {
  const before = tasks.get(taskId);
  const part = before?.part ?? Math.max(0, parts.length - 1);
  const room = DOCUMENT_BYTES - ((parts[part] ?? 0) - (before?.size ?? 0));
  // Data that no document could hold goes to blobs, and its field can stay here.
  const fits = head + data <= room || (head + data > DOCUMENT_BYTES && head <= room);
  return fits ? { part, room } : { part: parts.length, room: DOCUMENT_BYTES };
}

function note({ tasks, parts }: WritesState, taskId: string, task: TaskWrites): void {
  const before = tasks.get(taskId);
  // Where it moved away from, its former field still takes its room.
  const freed = before?.part === task.part ? before.size : 0;
  parts[task.part] = (parts[task.part] ?? 0) - freed + task.size;
  tasks.set(taskId, task);
}

/** Roughly what a field takes besides its data. */
function headBytes({ task, path, writes }: { task: string; path: string; writes: string }): number {
  return Buffer.byteLength(writes) + 2 * Buffer.byteLength(task) + Buffer.byteLength(path) + 100;
}

/** `documents`: all parts of one checkpoint's writes. Throws CheckpointDamaged. */
export async function readWrites(
  blocks: Blocks,
  thread: string,
  documents: StoredDocument[],
): Promise<WritesState> {
  const state = emptyWrites();
  const partOf = ({ path }: StoredDocument) => partOfWrites(path);
  for (const document of documents.toSorted((a, b) => partOf(a) - partOf(b))) {
    const part = partOf(document);
    for (const [name, value] of Object.entries(document.fields)) {
      if (!name.startsWith(FIELD)) continue;
      const field = parseField(document.path, value);
      const entries: Entry[] = [];
      for (const [channel, index, stored] of field.writes) {
        entries.push({ channel, index, ...(await bytesOf(blocks, thread, field, stored)) });
      }
      note(state, field.task, { entries, path: field.path, part, size: field.size });
    }
  }
  return state;
}

type Field = ReturnType<typeof parseField>;

async function bytesOf(
  blocks: Blocks,
  thread: string,
  field: Field,
  stored: z.infer<typeof entrySchema>[2],
): Promise<Serialized> {
  if (typeof stored === 'string') return { type: 'json', bytes: new TextEncoder().encode(stored) };
  const [offset, bytes, deflated, type] = stored;
  if (field.blobs === undefined) {
    return { type, bytes: unpack({ deflated }, field.data.subarray(offset, offset + bytes)) };
  }
  const segment: Segment = { source: { key: field.blobs, spilled: true }, offset, bytes, deflated, type };
  const [read] = await blocks.read(thread, [segment]);
  return { type, bytes: read?.bytes ?? new Uint8Array(0) };
}

const fieldSchema = z.object({
  task: z.string(),
  path: z.string().default(''),
  writes: z.string(),
  data: z.instanceof(Uint8Array).default(new Uint8Array(0)),
  blobs: z.string().optional(),
});

function parseField(path: string, value: Value) {
  try {
    const field = fieldSchema.parse(value);
    const writes = writesSchema.parse(JSON.parse(field.writes));
    return { ...field, writes, size: headBytes(field) + field.data.byteLength };
  } catch (error) {
    throw new CheckpointDamaged(path, "a task's writes cannot be read", { cause: error });
  }
}

function tooLarge(entries: Entry[], total: number, limit: number): StateTooLarge {
  const largest = entries.reduce<Entry | undefined>(
    (most, entry) => (most === undefined || entry.bytes.byteLength > most.bytes.byteLength ? entry : most),
    undefined,
  );
  return new StateTooLarge(largest?.channel ?? '', total, limit);
}
