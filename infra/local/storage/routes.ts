/** The calls of Cloud Storage's JSON API that a deploy makes. Source: https://cloud.google.com/storage/docs/json_api/v1 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_UPLOAD_BYTES, parseJson, readBody, readJson } from './body.ts';
import type { Bucket } from './bucket.ts';
import { check, conditionsOf } from './conditions.ts';
import { invalid, notFound, notImplemented, StorageApiError } from './errors.ts';
import { pageOf } from './list.ts';
import { sendMedia } from './media.ts';
import { parseMultipart } from './multipart.ts';
import { parseSettable, resourceOf, type Checksums, type StoredObject } from './object.ts';
import type { ResumableUploads } from './resumable.ts';

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  /** Address under which the client reached us. */
  base: string;
}

export interface Site {
  name: string;
  bucket: Bucket;
  uploads: ResumableUploads;
}

/** `segments`: the path below `/b/`, decoded. Answers, or throws a StorageApiError. */
export async function objectsCall(site: Site, segments: string[], call: Call): Promise<void> {
  const [bucketName, kind, name, action, ...rest] = segments;
  const method = call.request.method ?? '';
  if (bucketName === undefined) throw notImplemented(`${method} of all buckets`);
  if (bucketName !== site.name) {
    throw new StorageApiError(404, 'notFound', `The specified bucket does not exist: ${bucketName}.`);
  }
  if (kind === undefined) {
    if (method !== 'GET') throw notImplemented('Changing a bucket');
    return json(call, {
      kind: 'storage#bucket',
      id: site.name,
      name: site.name,
      location: 'US',
      storageClass: 'STANDARD',
    });
  }
  if (kind !== 'o') throw notImplemented(`/b/${bucketName}/${kind}`);
  if (name === undefined) {
    if (method === 'GET') return list(site, call);
    throw notImplemented(`${method} of a bucket's objects`);
  }
  if (action !== undefined) {
    if (method === 'POST' && (action === 'rewriteTo' || action === 'copyTo')) {
      return await copy(site, name, action, rest, call);
    }
    throw notImplemented(`${method} ${action}`);
  }
  const generation = call.query.get('generation') ?? undefined;
  switch (method) {
    case 'GET':
    case 'HEAD':
      return await get(site, name, generation, call);
    case 'PATCH': {
      const settings = parseSettable(await readJson(call.request));
      const object = await site.bucket.update(name, settings, conditionsOf(call.query), generation);
      return json(call, resource(site, object, call));
    }
    case 'DELETE':
      await site.bucket.delete(name, conditionsOf(call.query), generation);
      call.response.writeHead(204).end();
      return;
    default:
      throw notImplemented(`${method} of an object`);
  }
}

/** Everything below /upload. */
export async function uploadCall(site: Site, segments: string[], call: Call): Promise<void> {
  const { request, response, query } = call;
  const [bucketName = '', kind, ...rest] = segments;
  if (kind !== 'o' || rest.length > 0) throw notImplemented('This upload');
  if (bucketName !== site.name) {
    throw new StorageApiError(404, 'notFound', `The specified bucket does not exist: ${bucketName}.`);
  }
  const id = query.get('upload_id');
  if (id !== null) return await goOn(site, id, call);
  if (request.method !== 'POST') throw notImplemented(`${request.method} of an upload`);
  switch (query.get('uploadType')) {
    case 'media': {
      const content = await readBody(request, MAX_UPLOAD_BYTES);
      const settings = { contentType: request.headers['content-type'] };
      const name = query.get('name') ?? '';
      const object = await site.bucket.upload({
        name,
        settings,
        content,
        expected: hashHeader(request),
        conditions: conditionsOf(query),
      });
      return json(call, resource(site, object, call));
    }
    case 'multipart': {
      const body = await readBody(request, MAX_UPLOAD_BYTES);
      const { metadata, media } = parseMultipart(request.headers['content-type'] ?? '', body);
      const said = described(parseJson(metadata), query);
      const object = await site.bucket.upload({
        ...said,
        settings: { ...said.settings, contentType: said.settings.contentType ?? media.contentType },
        content: media.content,
        expected: { ...said.expected, ...hashHeader(request) },
        conditions: conditionsOf(query),
      });
      return json(call, resource(site, object, call));
    }
    case 'resumable': {
      const said = described(await readJson(request), query);
      const typed = request.headers['x-upload-content-type'];
      const contentType = said.settings.contentType ?? (typeof typed === 'string' ? typed : undefined);
      const conditions = conditionsOf(query);
      check(conditions, site.bucket.find(said.name));
      const session = site.uploads.start({
        ...said,
        settings: { ...said.settings, contentType },
        conditions,
      });
      const url = `${call.base}/upload/storage/v1/b/${site.name}/o?uploadType=resumable&upload_id=${session}`;
      response.writeHead(200, { location: url, 'x-guploader-uploadid': session, 'content-length': 0 }).end();
      return;
    }
    default:
      throw invalid('uploadType must be media, multipart or resumable.');
  }
}

async function goOn(site: Site, id: string, call: Call): Promise<void> {
  const { request, response } = call;
  if (request.method === 'DELETE') {
    site.uploads.cancel(id);
    response.writeHead(499, { 'content-length': 0 }).end();
    return;
  }
  if (request.method !== 'PUT') throw notImplemented(`${request.method} of an upload`);
  const content = await readBody(request, MAX_UPLOAD_BYTES);
  const progress = site.uploads.add(id, request.headers['content-range'], content);
  if (progress.kind === 'more') {
    const range = progress.length === 0 ? {} : { range: `bytes=0-${progress.length - 1}` };
    response.writeHead(308, { ...range, 'content-length': 0 }).end();
    return;
  }
  const { session } = progress;
  const expected = { ...session.expected, ...hashHeader(request) };
  const object = await site.bucket.upload({ ...session, content: progress.content, expected });
  site.uploads.done(id);
  return json(call, resource(site, object, call));
}

async function get(site: Site, name: string, generation: string | undefined, call: Call): Promise<void> {
  const { request, response, query } = call;
  check(conditionsOf(query), site.bucket.require(name, generation), true);
  if (query.get('alt') !== 'media')
    return json(call, resource(site, site.bucket.require(name, generation), call));
  const { object, content } = await site.bucket.read(name, generation);
  sendMedia(object, content, request, response);
}

function list(site: Site, call: Call): void {
  const { objects, prefixes, nextPageToken } = pageOf(site.bucket.list(), call.query);
  json(call, {
    kind: 'storage#objects',
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    items: objects.map((object) => resource(site, object, call)),
  });
}

async function copy(site: Site, name: string, action: string, rest: string[], call: Call): Promise<void> {
  const [b, bucketName, o, target, ...more] = rest;
  if (b !== 'b' || o !== 'o' || target === undefined || more.length > 0) throw notFound(rest.join('/'));
  if (bucketName !== site.name) throw notImplemented('Copying to another bucket');
  const body = await readJson(call.request);
  const generation = call.query.get('sourceGeneration') ?? undefined;
  const object = await site.bucket.copy(
    { name, generation, conditions: conditionsOf(call.query, true) },
    {
      name: target,
      settings: Object.keys(body).length === 0 ? undefined : parseSettable(body),
      conditions: conditionsOf(call.query),
    },
  );
  const copied = resource(site, object, call);
  if (action === 'copyTo') return json(call, copied);
  const size = String(object.size);
  return json(call, {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource: copied,
  });
}

/** What the metadata of an upload says; a name in the query counts more. */
function described(body: object, query: URLSearchParams) {
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(body, key);
    return typeof value === 'string' ? value : undefined;
  };
  const expected: Partial<Checksums> = {};
  for (const key of ['md5Hash', 'crc32c'] as const) {
    const value = text(key);
    if (value !== undefined) expected[key] = value;
  }
  return { name: query.get('name') ?? text('name') ?? '', settings: parseSettable(body), expected };
}

/** `x-goog-hash: crc32c=...,md5=...` */
function hashHeader(request: IncomingMessage): Partial<Checksums> {
  const header = request.headers['x-goog-hash'];
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  const expected: Partial<Checksums> = {};
  for (const item of text.split(',').map((each) => each.trim())) {
    if (item.startsWith('crc32c=')) expected.crc32c = item.slice(7);
    if (item.startsWith('md5=')) expected.md5Hash = item.slice(4);
  }
  return expected;
}

const resource = (site: Site, object: StoredObject, call: Call) => resourceOf(object, site.name, call.base);

function json({ response }: Call, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(200, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': text.length,
  });
  response.end(text);
}
