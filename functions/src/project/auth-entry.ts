import { resolve } from 'node:path';
import { exportIn, isJavaScript, type GraphEntry } from './graph-entry.ts';

/** Where the module is to be found that knows the project's users. */
export type AuthEntry = Pick<GraphEntry, 'place' | 'file' | 'exportName' | 'problem'>;

export function authTarget(path: string, folder: string): AuthEntry {
  const { place, exportName } = exportIn(path);
  return {
    place,
    file: resolve(folder, place),
    exportName,
    ...(isJavaScript(place) ? {} : { problem: `${place}: is not written in JavaScript or TypeScript.` }),
  };
}
