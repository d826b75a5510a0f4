import mime from 'mime';

/** What a built page's files are: said by uploads to the bucket, and by the local edge for a folder without metadata. */
export function contentType(name: string): string {
  const type = mime.getType(name) ?? 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
