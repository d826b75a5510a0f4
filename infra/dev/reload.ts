import { relative } from 'node:path';
import { watch } from 'chokidar';

/** An editor writes several files at a time. Milliseconds. */
const SETTLE_MS = 150;
const CODE = /\.(?:[cm]?[jt]sx?|json|env|md|ics)$/;
const NOT_WATCHED = /(?:^|[/\\])(?:node_modules|dist|\.[^/\\]+)(?:[/\\]|$)/;

/**
 * Calls back, once for a burst of changes, with the path of a file below `folder`, but not in the folder `except`, that
 * graphs may be made of. Resolves
 * when no change from then on is missed.
 */
export async function onCodeChange(
  { folder, except }: { folder: string; except: string },
  callback: (path: string) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) => {
      const inside = relative(folder, path);
      if (path === except || NOT_WATCHED.test(inside)) return true;
      return stats?.isFile() === true && !CODE.test(inside);
    },
  });
  watcher.on('all', (_event, path) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(relative(folder, path)), SETTLE_MS);
  });
  watcher.on('error', (error) => {
    process.stderr.write(`Changes of ${folder} are not noticed: ${String(error)}\n`);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
    watcher.once('error', () => resolve());
  });
}
