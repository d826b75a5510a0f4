import { Worker } from 'node:worker_threads';

/** What a thread is for. */
export type Role = 'index' | 'parse';

/** Starts a thread of the library; it does not keep the process alive. */
export function startThread(role: Role, options: { maxMb: number }): Worker {
  const worker = new Worker(new URL('./main.ts', import.meta.url), {
    name: `library-${role}`,
    workerData: { role },
    resourceLimits: { maxOldGenerationSizeMb: options.maxMb },
    // Hooks of this process, as those of a loader, are not for it.
    execArgv: [],
  });
  worker.unref();
  return worker;
}
