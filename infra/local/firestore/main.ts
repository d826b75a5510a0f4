/** `node infra/local/firestore/main.ts [--port 0] [--host 127.0.0.1] [--data FILE] [--backups FOLDER] [--rules FILE] [--indexes FILE] [--project ID]`, and `ACCESS_USAGE` */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ACCESS_OPTIONS, accessOf } from '../access/access.ts';
import { keepPrivate } from '../files/private.ts';
import { startFirestore } from './server.ts';
import type { FirestoreOptions } from './server.ts';

/** @throws Error that says what is wrong with the arguments */
function parseOptions(): FirestoreOptions {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      port: option,
      host: option,
      data: option,
      backups: option,
      rules: option,
      indexes: option,
      project: option,
      ...ACCESS_OPTIONS,
    },
  });
  const { port = '0', host, data, backups, rules, indexes, project } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`--port must be a port number, not "${port}"`);
  return {
    port: Number(port),
    access: accessOf(values, process.env),
    ...(host !== undefined && { host }),
    ...(data !== undefined && { data }),
    ...(backups !== undefined && { backups }),
    ...(rules !== undefined && { rules: readFileSync(rules, 'utf8') }),
    ...(indexes !== undefined && { indexes: readFileSync(indexes, 'utf8') }),
    ...(project !== undefined && { project }),
  };
}

try {
  const options = parseOptions();
  keepPrivate(options.data);
  const server = await startFirestore(options);
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const address = server.url.slice('http://'.length);
  console.log(`firestore listening at ${server.url} (FIRESTORE_EMULATOR_HOST=${address})`);
} catch (error) {
  console.error(`firestore: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
