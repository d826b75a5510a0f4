import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { EdgeOptions } from './server.ts';

const USAGE = `usage: node infra/local/edge/main.ts --dir FOLDER --api URL [options]
  --dir FOLDER           the built page, e.g. web/dist
  --api URL              where /api goes, e.g. http://127.0.0.1:8080
  --port N               default 0, a free port
  --host ADDRESS         default: the loopback addresses
  --init FILE|JSON       what /__/firebase/init.json says`;

/** Throws an Error whose message is for the person at the terminal. */
export function parseArguments(args: string[]): EdgeOptions {
  const { dir, api, port, host, init } = parse(args);
  if (dir === undefined || api === undefined) throw new Error(`--dir and --api are required.\n${USAGE}`);
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error('--port must be a number from 0 to 65535.');
  const options: EdgeOptions = { dir, api, port: Number(port), init: parseInit(init) };
  if (host !== undefined) options.host = host;
  return options;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        dir: { type: 'string' },
        api: { type: 'string' },
        port: { type: 'string', default: '0' },
        host: { type: 'string' },
        init: { type: 'string', default: '{}' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function parseInit(text: string): unknown {
  const inline = text.trimStart().startsWith('{');
  try {
    return JSON.parse(inline ? text : readFileSync(text, 'utf8'));
  } catch (error) {
    throw new Error(`--init: ${inline ? 'this is not JSON' : `${text} is not a readable JSON file`}.`, {
      cause: error,
    });
  }
}
