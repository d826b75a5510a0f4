import { parseArgs } from 'node:util';
import { ACCESS_OPTIONS, ACCESS_USAGE, accessOf } from '../access/access.ts';
import { startStorage } from './server.ts';

const USAGE = `usage: node infra/local/storage/main.ts --dir FOLDER [options]
  --dir FOLDER      holds the objects; the local edge serves it with the same option
  --bucket NAME     default longrun-site
  --port N          default 0, a free port
  --host ADDRESS    default 127.0.0.1
  ${ACCESS_USAGE}`;

try {
  const values = parse(process.argv.slice(2));
  const { dir, bucket, port, host } = values;
  const access = accessOf(values, process.env);
  if (dir === undefined) throw new Error(`--dir is missing.\n${USAGE}`);
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error('--port must be a number from 0 to 65535.');
  const server = await startStorage({ dir, bucket, port: Number(port), host, access });
  console.log(`storage listening at ${server.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        dir: { type: 'string' },
        bucket: { type: 'string', default: 'longrun-site' },
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        ...ACCESS_OPTIONS,
      },
    }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}
