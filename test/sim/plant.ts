import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A change of one source file: `find` must occur in it exactly once. */
export interface Patch {
  /** Path below the root of the repository. */
  file: string;
  find: string;
  replace: string;
}

const ROOT = new URL('../../', import.meta.url);

/**
 * The changed sources by their addresses. Throws when a text to replace is not there: the source has changed, and the
 * patch must follow.
 */
export function patched(patches: readonly Patch[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const url = new URL(file, ROOT).href;
    const source = sources.get(url) ?? readFileSync(fileURLToPath(url), 'utf8');
    const parts = source.split(find);
    if (parts.length !== 2) {
      throw new Error(
        `${file} holds the text to replace ${parts.length - 1} times instead of once:\n${find}`,
      );
    }
    sources.set(url, parts.join(replace));
  }
  return sources;
}

/** Changes sources of this thread as they are loaded; the files stay as they are. To be called before all imports. */
export function plant(patches: readonly Patch[]): void {
  const sources = patched(patches);
  registerHooks({
    load(url, context, nextLoad) {
      const source = sources.get(url);
      return source === undefined
        ? nextLoad(url, context)
        : { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}
