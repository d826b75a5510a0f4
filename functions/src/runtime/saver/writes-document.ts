import { hash } from 'node:crypto';
import type { DocumentWrite, Fields, StoredDocument, Value } from '../../ports/documents.ts';
import * as z from 'zod';
import type { Blocks } from './blocks.ts';
import { CheckpointDamaged, StateTooLarge } from './errors.ts';
import type { Segment } from './head.ts';
import { chunkPath, pathOf, shortHash, writesKey } from './keys.ts';
import { Packer, unpack, type Serialized } from './packer.ts';
import type { Entry } from './task-writes.ts';

/**
 * The document with what the tasks of one step wrote. Each task has a field of its own, so that each can be
 * merged in blindly; a field is `{ writes: JSON, data? }`, or `{ writes, blobs: key }` when its data is large.
 */
export interface WritesState {
  tasks: Map<string, Entry[]>;
  /** Bytes that each task's field takes in the document. */
  sizes: Map<string, number>;
}

const DOCUMENT_BYTES = 900_000; // of Firestore's 1 MiB
const FIELD = 'task:';

const entrySchema = z.tuple([
  z.string(),
  z.number().int(),
  z.union([z.string(), z.tuple([z.number(), z.number(), z.boolean(), z.string()])]),
]);
const writesSchema = z.array(entrySchema);

export const emptyWrites = (): WritesState => ({ tasks: new Map(), sizes: new Map() });

/** Puts the task's writes in the state and returns the documents that make it so. Throws StateTooLarge. */
export function writeTask(
  state: WritesState,
  thread: string,
  key: string,
  taskId: string,
  entries: Entry[],
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
  const head = Buffer.byteLength(writes) + 2 * Buffer.byteLength(taskId) + 100;
  const others = [...state.sizes].reduce((sum, [task, size]) => (task === taskId ? sum : sum + size), 0);
  const { data, chunks } = packer.finish(DOCUMENT_BYTES - others - head);
  const field: Fields = { task: taskId, writes };
  // Named by its content too, so that a blob never changes once written.
  const blobs = `${writesKey(key)}!${shortHash(taskId)}${hash('sha256', Buffer.concat(chunks), 'base64url')}`;
  if (chunks.length > 0) field['blobs'] = blobs;
  else if (data.byteLength > 0) field['data'] = data;
  const size = head + data.byteLength;
  if (others + size > DOCUMENT_BYTES) throw new StateTooLarge('__writes__', others + size, DOCUMENT_BYTES);
  state.tasks.set(taskId, entries);
  state.sizes.set(taskId, size);
  return [
    {
      op: 'merge',
      path: pathOf(thread, writesKey(key)),
      fields: { key: writesKey(key), [`${FIELD}${shortHash(taskId)}`]: field },
    },
    ...chunks.map((chunk, i): DocumentWrite => ({
      op: 'set',
      path: chunkPath(thread, blobs, i),
      fields: { data: chunk },
    })),
  ];
}

/** Throws CheckpointDamaged. */
export async function readWrites(
  blocks: Blocks,
  thread: string,
  document: StoredDocument | undefined,
): Promise<WritesState> {
  const state = emptyWrites();
  for (const [name, value] of Object.entries(document?.fields ?? {})) {
    if (document === undefined || !name.startsWith(FIELD)) continue;
    const field = parseField(document.path, value);
    const entries: Entry[] = [];
    for (const [channel, index, stored] of field.writes) {
      entries.push({ channel, index, ...(await bytesOf(blocks, thread, field, stored)) });
    }
    state.tasks.set(field.task, entries);
    state.sizes.set(field.task, field.size);
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
  writes: z.string(),
  data: z.instanceof(Uint8Array).default(new Uint8Array(0)),
  blobs: z.string().optional(),
});

function parseField(path: string, value: Value) {
  try {
    const field = fieldSchema.parse(value);
    const writes = writesSchema.parse(JSON.parse(field.writes));
    const size =
      Buffer.byteLength(field.writes) + field.data.byteLength + 2 * Buffer.byteLength(field.task) + 100;
    return { ...field, writes, size };
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
