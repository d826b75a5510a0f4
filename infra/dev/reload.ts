import { relative } from 'node:path';
import { watch } from 'chokidar';
import { SETTLE_MS } from './file-watch.ts';

const CODE = /\.(?:[cm]?[jt]sx?|json|env|md|ics)$/;
const NOT_WATCHED = /(?:^|[/\\])(?:node_modules|dist|\.[^/\\]+)(?:[/\\]|$)/;

export interface CodeWatch {
  folder: string;
  /** A folder below it that is not watched. */
  except: string;
  /** Only files that appear, and of these only some. */
  onlyNew?: (path: string) => boolean;
}

/**
 * Calls back, once for a burst of changes, with the path of a file below the folder that graphs may be made of. Resolves
 * when no change from then on is missed, with what ends it.
 */
export async function onCodeChange(
  { folder, except, onlyNew }: CodeWatch,
  callback: (path: string) => void,
): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path, stats) => {
      const inside = relative(folder, path);
      if (path === except || NOT_WATCHED.test(inside)) return true;
      return stats?.isFile() === true && !CODE.test(inside);
    },
  });
  watcher.on('all', (event, path) => {
    if (onlyNew !== undefined && (event !== 'add' || !onlyNew(path))) return;
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
  return () => watcher.close();
}
