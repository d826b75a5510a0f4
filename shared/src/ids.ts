/** Ids appear in document paths, task names and URLs, so they are limited to what all three accept. */
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

export function isId(value: string): boolean {
  return ID_PATTERN.test(value);
}
