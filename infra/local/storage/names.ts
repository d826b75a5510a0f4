import { invalid } from './errors.ts';

/** Folder for what is no object: metadata and unfinished uploads. */
export const OWN_FOLDER = '.objects';
const MAX_NAME_BYTES = 1_024; // https://cloud.google.com/storage/docs/objects#naming
const MAX_SEGMENT_BYTES = 255; // of a file's name

/**
 * An object's name when a folder can hold it: Cloud Storage also takes names with empty or "." segments, a folder does
 * not. Throws a StorageApiError.
 */
export function checkName(name: string): string {
  if (name === '') throw invalid('Required parameter: name');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalid(`A name has at most ${MAX_NAME_BYTES} bytes.`);
  // oxlint-disable-next-line no-control-regex -- these are what a name may not hold
  if (!name.isWellFormed() || /[\u0000-\u001f\u007f\\]/.test(name))
    throw invalid('The name holds a control character.');
  const segments = name.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..') {
      throw invalid(`"${name}": this bucket is a folder, which cannot hold an empty, "." or ".." segment.`);
    }
    if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
      throw invalid(`"${name}": this bucket is a folder; a segment has at most ${MAX_SEGMENT_BYTES} bytes.`);
    }
  }
  if (segments[0] === OWN_FOLDER) throw invalid(`"${OWN_FOLDER}" is this server's own folder.`);
  return name;
}
