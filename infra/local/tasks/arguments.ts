import { parseArgs } from 'node:util';
import type { protos } from '@google-cloud/tasks';
import { ACCESS_OPTIONS, ACCESS_USAGE, accessOf } from '../access/access.ts';
import type { TasksOptions } from './server.ts';

const USAGE = `usage: node infra/local/tasks/main.ts [options]
  --port N               default 0, a free port
  --host ADDRESS         default 127.0.0.1
  --data FILE            keep queues and tasks in this SQLite file; default: memory
  --backups FOLDER       where POST /_/backup may copy that file to
  --queue NAME[:JSON]    create projects/P/locations/L/queues/Q, with settings as in the API; repeatable
  --auto-create          create a queue at the first task for it
  --dedup-seconds N      how long a finished task's name stays taken; default 3600
  --issuer URL           iss of ID tokens; default https://accounts.google.com
  --chaos SEED[:RATE]    deliver some tasks twice, late or out of order; rate 0 to 1, default 0.1
  ${ACCESS_USAGE}`;

/** Throws an Error whose message is for the person at the terminal. */
export function parseArguments(args: string[]): TasksOptions {
  const { values } = parse(args);
  const options: TasksOptions = {
    host: values.host,
    port: integer('--port', values.port, 65_535),
    dedupMs: integer('--dedup-seconds', values['dedup-seconds'], 1e9) * 1000,
    issuer: values.issuer,
    autoCreate: values['auto-create'],
    queues: values.queue.map(parseQueueOption),
    access: accessOf(values, process.env),
  };
  if (values.data !== undefined) options.data = values.data;
  if (values.backups !== undefined) options.backups = values.backups;
  if (values.chaos !== undefined) options.chaos = parseChaos(values.chaos);
  return options;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string' },
        backups: { type: 'string' },
        queue: { type: 'string', multiple: true, default: [] },
        'auto-create': { type: 'boolean', default: false },
        'dedup-seconds': { type: 'string', default: '3600' },
        issuer: { type: 'string', default: 'https://accounts.google.com' },
        chaos: { type: 'string' },
        ...ACCESS_OPTIONS,
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

function integer(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max)
    throw new Error(`${option} must be a whole number from 0 to ${max}.`);
  return value;
}

/** A project id may hold colons, so the settings begin at ":{". */
function parseQueueOption(text: string): { name: string; settings?: protos.google.cloud.tasks.v2.IQueue } {
  const at = text.indexOf(':{');
  if (at < 0) return { name: text };
  try {
    return { name: text.slice(0, at), settings: JSON.parse(text.slice(at + 1)) };
  } catch (error) {
    throw new Error(`--queue: ${text.slice(at + 1)} is not JSON.`, { cause: error });
  }
}

function parseChaos(text: string): { seed: string; rate: number } {
  const [seed = '', rateText = '0.1'] = text.split(':');
  const rate = Number(rateText);
  if (seed === '' || !(rate >= 0 && rate <= 1))
    throw new Error('--chaos must be SEED or SEED:RATE with a rate from 0 to 1.');
  return { seed, rate };
}
