import type { Library } from './library.ts';
import { openInThread } from './thread/open.ts';

export { openLibrary, type Library, type Passage } from './library.ts';

let shared: Promise<Library> | undefined;

/**
 * The library of this process, opened on first use: the folder LIBRARY_DIR, or the installed packages' documentation. Its
 * index is made once and kept in the folder LIBRARY_INDEX, where one is named.
 */
export function sharedLibrary(): Promise<Library> {
  // A folder that could not be opened may be there at the next question.
  shared ??= open(() => (shared = undefined));
  return shared;
}

async function open(onEnd: () => void): Promise<Library> {
  const library = await openInThread(onEnd);
  if (library.problems.length > 0) {
    const some = library.problems.slice(0, 5).map(({ id, reason }) => `${id}: ${reason}`);
    process.emitWarning(`${library.problems.length} file(s) of the library were left out. ${some.join(' ')}`);
  }
  return library;
}
