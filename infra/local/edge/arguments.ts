import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ACCESS_OPTIONS, ACCESS_USAGE, accessOf } from '../access/access.ts';
import type { EdgeOptions } from './server.ts';

const USAGE = `usage: node infra/local/edge/main.ts [options]
  --dir FOLDER           the built page; default web/dist
  --api URL              where /api goes; default http://127.0.0.1:8080, where a function listens by default
  --admin URL            where /api/admin goes; default: where /api goes
  --port N               default 0, a free port
  --host ADDRESS         default: the loopback addresses
  --data FILE            keep the operations of purges in this SQLite file; default: memory
  --init FILE|JSON       what /__/firebase/init.json says
  ${ACCESS_USAGE}`;

/** Throws an Error whose message is for the person at the terminal. */
export function parseArguments(args: string[]): EdgeOptions {
  const values = parse(args);
  const { dir, api, admin, port, host, data, init } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error('--port must be a number from 0 to 65535.');
  const access = accessOf(values, process.env);
  const options: EdgeOptions = { dir, api, port: Number(port), init: parseInit(init), access };
  if (admin !== undefined) options.admin = admin;
  if (host !== undefined) options.host = host;
  if (data !== undefined) options.data = data;
  return options;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        dir: { type: 'string', default: 'web/dist' },
        api: { type: 'string', default: 'http://127.0.0.1:8080' },
        admin: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string', default: '0' },
        host: { type: 'string' },
        init: { type: 'string', default: '{}' },
        ...ACCESS_OPTIONS,
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
