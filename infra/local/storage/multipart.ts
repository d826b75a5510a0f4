/** A multipart/related upload: metadata as JSON, then the content. Source: RFC 2387, cloud.google.com/storage/docs/uploading-objects */
import { invalid } from './errors.ts';

interface Part {
  contentType: string | undefined;
  content: Buffer;
}

const CRLF = Buffer.from('\r\n');

/** Throws a StorageApiError. */
export function parseMultipart(contentType: string, body: Buffer): { metadata: Buffer; media: Part } {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw invalid('The multipart body names no boundary.');
  const [metadata, media, ...more] = parts(body, boundary);
  if (metadata === undefined || media === undefined || more.length > 0) {
    throw invalid('A multipart upload has two parts: the metadata and the content.');
  }
  return { metadata: metadata.content, media };
}

function parts(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const found: Part[] = [];
  // A delimiter stands at the beginning of a line: anywhere else it is content.
  let at = body.indexOf(delimiter);
  if (at < 0 || (at > 0 && !body.subarray(at - 2, at).equals(CRLF)))
    throw invalid('The boundary is not in the body.');
  for (;;) {
    at += delimiter.length;
    if (body.subarray(at, at + 2).toString() === '--') return found;
    const start = body.indexOf(CRLF, at);
    const end = start < 0 ? -1 : body.indexOf(Buffer.concat([CRLF, delimiter]), start);
    if (end < 0) throw invalid('The multipart body ends too early.');
    found.push(part(body.subarray(start + 2, end)));
    if (found.length > 2) throw invalid('A multipart upload has two parts: the metadata and the content.');
    at = end + 2;
  }
}

function part(bytes: Buffer): Part {
  // Without headers the part begins with the empty line.
  const empty = bytes.subarray(0, 2).equals(CRLF);
  const blank = empty ? 0 : bytes.indexOf('\r\n\r\n');
  if (blank < 0) throw invalid('A part of the multipart body has no empty line.');
  const headers = bytes.subarray(0, blank).toString('latin1');
  const [, contentType] = /^content-type:[ \t]*(.+?)[ \t]*$/im.exec(headers) ?? [];
  return { contentType, content: bytes.subarray(blank + (empty ? 2 : 4)) };
}
