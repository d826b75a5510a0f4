import { openLibrary, type Library } from './library.ts';

export { openLibrary, type Library, type Passage } from './library.ts';

let shared: Promise<Library> | undefined;

/** The library of this process, built on first use: the folder LIBRARY_DIR, or the installed packages' documentation. */
export function sharedLibrary(): Promise<Library> {
  shared ??= build().catch((error: unknown) => {
    // A folder that could not be opened may be there at the next question.
    shared = undefined;
    throw error;
  });
  return shared;
}

async function build(): Promise<Library> {
  const dir = process.env['LIBRARY_DIR'] ?? '';
  const library = await openLibrary(dir === '' ? {} : { dir });
  if (library.problems.length > 0) {
    const some = library.problems.slice(0, 5).map(({ id, reason }) => `${id}: ${reason}`);
    process.emitWarning(`${library.problems.length} file(s) of the library were left out. ${some.join(' ')}`);
  }
  return library;
}
