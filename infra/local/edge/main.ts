import { parseArgs } from 'node:util';
import { startEdge } from './server.ts';

const USAGE = 'Usage: node infra/local/edge/main.ts --dir FOLDER --api URL [--init JSON] [--port 0]';

const { values } = readArguments();
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port ${values.port} is not a port.`);
const { dir, api } = values;
if (dir === undefined || api === undefined || !URL.canParse(api)) fail('--dir and --api are needed.');

const server = await startEdge({ dir, api, init: parseInit(values.init), port }).catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);
process.stdout.write(`edge listening at ${server.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}

function parseInit(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`--init is not JSON: ${String(error)}`);
  }
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        dir: { type: 'string' },
        api: { type: 'string' },
        init: { type: 'string', default: '{}' },
      },
    });
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  process.stderr.write(`edge: ${message}\n${USAGE}\n`);
  process.exit(1);
}
