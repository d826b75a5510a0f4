import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A path of this repository, absolute. */
export const inRoot = (path: string): string => ROOT + path;
