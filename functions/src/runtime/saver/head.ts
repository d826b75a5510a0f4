import type { ChannelVersions, Checkpoint } from '@langchain/langgraph-checkpoint';
import * as z from 'zod';
import { CheckpointDamaged } from './errors.ts';

/** Where bytes lie: in the `data` of a checkpoint's document, or in blobs when they are too many for it. */
export interface Source {
  key: string;
  spilled: boolean;
}

export interface Segment {
  source: Source;
  offset: number;
  /** As stored, which is compressed when `deflated`. */
  bytes: number;
  deflated: boolean;
  /** The serializer's name for the format. */
  type: string;
}

/** Consecutive elements of a list, serialized as a list. */
export interface ListSegment extends Segment {
  count: number;
  /** How often its elements were merged into a larger segment. */
  level: number;
}

export type StoredValue =
  /** Small JSON that stands in the head, and in every head after it until it changes. */
  | { kind: 'text'; text: string }
  | { kind: 'whole'; at: Segment }
  /** `snapshot`: the list is the content of a DeltaSnapshot. */
  | { kind: 'list'; segments: ListSegment[]; snapshot: boolean };

export interface Versioned {
  /** null for a value whose channel has no version. */
  version: number | string | null;
  value: StoredValue;
}

export interface Head {
  threadId: string;
  ns: string;
  id: string;
  parent: string | undefined;
  v: number;
  ts: string;
  channelVersions: ChannelVersions;
  versionsSeen: Checkpoint['versions_seen'];
  metadata: StoredValue;
  values: Map<string, Versioned>;
}

const count = z.number().int().nonnegative();
const version = z.union([z.number(), z.string()]);
const part = [count, count, count, z.boolean(), z.string()] as const;
const whole = z.tuple(part);
const list = z.tuple([z.array(z.tuple([...part, count, count])), z.boolean()]);
const stored = z.union([z.string(), whole, list]);

const schema = z.object({
  format: z.literal(1),
  thread_id: z.string(),
  ns: z.string(),
  id: z.string(),
  parent: z.string().optional(),
  v: z.number(),
  ts: z.string(),
  channel_versions: z.record(z.string(), version),
  versions_seen: z.record(z.string(), z.record(z.string(), version)),
  metadata: stored,
  /** Keys of the documents that values lie in; a star marks those whose data is in blobs. */
  sources: z.array(z.string()),
  values: z.array(z.tuple([z.string(), version.nullable(), stored])),
});

export function encodeHead(head: Head): string {
  const sources = new Map<string, number>();
  const at = ({ source, offset, bytes, deflated, type }: Segment): z.infer<typeof whole> => {
    const name = `${source.spilled ? '*' : ''}${source.key}`;
    const index = sources.get(name) ?? sources.size;
    sources.set(name, index);
    return [index, offset, bytes, deflated, type];
  };
  const encode = (value: StoredValue): z.infer<typeof stored> => {
    if (value.kind === 'text') return value.text;
    if (value.kind === 'whole') return at(value.at);
    return [value.segments.map((segment) => [...at(segment), segment.count, segment.level]), value.snapshot];
  };
  const metadata = encode(head.metadata);
  const values = [...head.values].map(
    ([channel, { version, value }]): [string, string | number | null, z.infer<typeof stored>] => [
      channel,
      version,
      encode(value),
    ],
  );
  const encoded: z.infer<typeof schema> = {
    format: 1,
    thread_id: head.threadId,
    ns: head.ns,
    id: head.id,
    ...(head.parent === undefined ? {} : { parent: head.parent }),
    v: head.v,
    ts: head.ts,
    channel_versions: head.channelVersions,
    versions_seen: head.versionsSeen,
    metadata,
    sources: [...sources.keys()],
    values,
  };
  return JSON.stringify(encoded);
}

/** Throws CheckpointDamaged. */
export function decodeHead(path: string, text: unknown): Head {
  const head = parse(path, text);
  const sources = head.sources.map((name): Source =>
    name.startsWith('*') ? { key: name.slice(1), spilled: true } : { key: name, spilled: false },
  );
  const segment = ([index, offset, bytes, deflated, type]: z.infer<typeof whole>): Segment => {
    const source = sources[index];
    if (source === undefined) throw new CheckpointDamaged(path, 'a value lies in no document');
    return { source, offset, bytes, deflated, type };
  };
  const decode = (value: z.infer<typeof stored>): StoredValue => {
    if (typeof value === 'string') return { kind: 'text', text: value };
    if (value.length === 5) return { kind: 'whole', at: segment(value) };
    const segments = value[0].map(([index, offset, bytes, deflated, type, count, level]) => ({
      ...segment([index, offset, bytes, deflated, type]),
      count,
      level,
    }));
    return { kind: 'list', segments, snapshot: value[1] };
  };
  return {
    threadId: head.thread_id,
    ns: head.ns,
    id: head.id,
    parent: head.parent,
    v: head.v,
    ts: head.ts,
    channelVersions: head.channel_versions,
    versionsSeen: head.versions_seen,
    metadata: decode(head.metadata),
    values: new Map(head.values.map(([name, version, value]) => [name, { version, value: decode(value) }])),
  };
}

function parse(path: string, text: unknown): z.infer<typeof schema> {
  if (typeof text !== 'string') throw new CheckpointDamaged(path, 'it has no head');
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new CheckpointDamaged(path, 'its head cannot be read', { cause: error });
  }
}

export function segmentsOf(value: StoredValue): Segment[] {
  switch (value.kind) {
    case 'text':
      return [];
    case 'whole':
      return [value.at];
    case 'list':
      return value.segments;
  }
}
