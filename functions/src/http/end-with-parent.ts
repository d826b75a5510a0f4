import { Worker } from 'node:worker_threads';

/** A child process ends with the one that started it, also while users' code keeps its thread busy: then another thread sees it. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(0));
  const watch = `
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    }, 1000);
  `;
  new Worker(watch, { eval: true, execArgv: [], stdin: false }).unref();
}
