import { parseArguments } from './arguments.ts';
import { keepPrivate } from '../files/private.ts';
import { startTasks } from './server.ts';

try {
  const options = parseArguments(process.argv.slice(2));
  keepPrivate(options.data);
  const server = await startTasks(options);
  console.log(`tasks listening at ${server.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
