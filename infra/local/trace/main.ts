import { parseArgs } from 'node:util';
import { ACCESS_OPTIONS, ACCESS_USAGE, accessOf } from '../access/access.ts';
import { keepPrivate } from '../files/private.ts';
import { startTrace } from './server.ts';

const USAGE = 'Usage: node infra/local/trace/main.ts [--port 0] [--data FILE] ' + ACCESS_USAGE;

const { values } = readArguments();
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port ${values.port} is not a port.`);

keepPrivate(values.data);
const server = await startTrace({ data: values.data, port, access: accessOf(values, process.env) }).catch(
  (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
);
const { host } = new URL(server.url);
process.stdout.write(`trace listening at ${server.url} (CLOUD_TRACE_EMULATOR_HOST=${host})\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}

function readArguments() {
  try {
    return parseArgs({
      options: { port: { type: 'string', default: '0' }, data: { type: 'string' }, ...ACCESS_OPTIONS },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  process.stderr.write(`trace: ${message}\n${USAGE}\n`);
  process.exit(1);
}
