import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutFrameworkListeners } from './without-listeners.ts';

const EVENTS = ['SIGTERM', 'SIGINT', 'unhandledRejection', 'uncaughtException'];

/** What functions-framework registers once it listens; its package exports no way to it. */
function frameworkListens(): void {
  const require = createRequire(import.meta.url);
  const folder = join(require.resolve('@google-cloud/functions-framework'), '..');
  const { ErrorHandler } = require(join(folder, 'invoker.js')) as {
    ErrorHandler: new (server: unknown) => { register: () => void };
  };
  new ErrorHandler({}).register();
}
const counts = () =>
  Object.fromEntries([...EVENTS, 'exit'].map((event) => [event, process.listenerCount(event)]));

test('signals and crashes: the framework listens to each -> it hears none; others stay', async () => {
  const before = counts();
  frameworkListens();
  const added = [...EVENTS, 'exit'].filter((event) => (counts()[event] ?? 0) > (before[event] ?? 0));
  expect(added).toEqual([...EVENTS, 'exit']);

  const [ours, another] = [() => undefined, () => undefined];
  withoutFrameworkListeners(EVENTS, [ours]);
  process.on('SIGTERM', ours).on('exit', another);
  const mine = counts();
  frameworkListens();
  await new Promise((resolve) => setImmediate(resolve));
  expect(counts()).toEqual(mine);
  expect(process.listeners('SIGTERM')).toContain(ours);
  expect(process.listeners('exit')).toContain(another);
});
