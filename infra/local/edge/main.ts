import { parseArguments } from './arguments.ts';
import { startEdge } from './server.ts';

try {
  const server = await startEdge(parseArguments(process.argv.slice(2)));
  console.log(`edge listening at ${server.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
