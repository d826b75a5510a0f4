/** An object's metadata. Source: https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { crc32c } from '../firestore/rules/crc32c.ts';
import { invalid } from './errors.ts';

const MAX_VALUE = 8_192; // characters; https://cloud.google.com/storage/quotas#objects
const text = z.string().max(MAX_VALUE);
const header = text.regex(/^[\t\u0020-\u007e\u00a0-\u00ff]*$/, 'must be fit for a header');

/** What a client sets. Null takes a value away. */
const settableSchema = z.object({
  contentType: header.nullish(),
  cacheControl: header.nullish(),
  contentDisposition: header.nullish(),
  contentEncoding: header.nullish(),
  contentLanguage: header.nullish(),
  metadata: z.record(text, text.nullable()).nullish(),
});
export type Settable = z.infer<typeof settableSchema>;

export const storedSchema = z.object({
  name: z.string(),
  generation: z.string(),
  metageneration: z.number(),
  size: z.number(),
  md5Hash: z.string(),
  crc32c: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  contentType: z.string(),
  cacheControl: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentLanguage: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type StoredObject = z.infer<typeof storedSchema>;

export interface Checksums {
  md5Hash: string;
  crc32c: string;
}

/** Base64, the CRC in big-endian order, as the API has them. */
export function checksumsOf(content: Buffer): Checksums {
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(content));
  return { md5Hash: createHash('md5').update(content).digest('base64'), crc32c: crc.toString('base64') };
}

/** Throws a StorageApiError. */
export function parseSettable(body: unknown): Settable {
  const parsed = settableSchema.safeParse(body);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}

const KEYS = ['cacheControl', 'contentDisposition', 'contentEncoding', 'contentLanguage'] as const;

/** The object with these settings; what they do not name stays, what is null goes. */
export function withSettings(object: StoredObject, settings: Settable): StoredObject {
  const next = { ...object };
  if (settings.contentType !== undefined)
    next.contentType = settings.contentType ?? 'application/octet-stream';
  for (const key of KEYS) {
    const value = settings[key];
    if (value === null) delete next[key];
    else if (value !== undefined) next[key] = value;
  }
  if (settings.metadata === null) delete next.metadata;
  else if (settings.metadata !== undefined) {
    const merged = Object.entries({ ...object.metadata, ...settings.metadata });
    next.metadata = Object.fromEntries(merged.filter((pair): pair is [string, string] => pair[1] !== null));
  }
  return next;
}

/** As clients see it. `base`: the server's own address. */
export function resourceOf(object: StoredObject, bucket: string, base: string) {
  const path = `/b/${bucket}/o/${encodeURIComponent(object.name)}`;
  return {
    kind: 'storage#object',
    id: `${bucket}/${object.name}/${object.generation}`,
    selfLink: `${base}/storage/v1${path}`,
    mediaLink: `${base}/download/storage/v1${path}?generation=${object.generation}&alt=media`,
    ...object,
    bucket,
    size: String(object.size),
    metageneration: String(object.metageneration),
    storageClass: 'STANDARD',
    etag: Buffer.from(`${object.generation}/${object.metageneration}`).toString('base64'),
  };
}
