import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { errorMessage } from '@longrun/shared';
import { unlessMissing } from '../lib/unless-missing.ts';

export interface ProjectEnv {
  values: Record<string, string>;
  file?: string;
  notices: string[];
}

/** `env` of `langgraph.json`: variables, or the name of a file of them. A fresh clone has no such file and starts all the same. */
export async function readEnv(
  env: string | string[] | Record<string, string> | undefined,
  folder: string,
): Promise<ProjectEnv> {
  if (env === undefined) return { values: {}, notices: [] };
  if (Array.isArray(env)) {
    return {
      values: {},
      notices: [`env: a list gives no values; ${env.join(', ')} must be set where Longrun is started.`],
    };
  }
  if (typeof env !== 'string') return { values: env, notices: [] };
  const file = resolve(folder, env);
  let text;
  try {
    text = await unlessMissing(readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}, which langgraph.json names as env, cannot be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  if (text === undefined) {
    return {
      values: {},
      file,
      notices: [
        `env: there is no file ${env}; it goes on without. Copy .env.example if the project has one.`,
      ],
    };
  }
  const values = Object.entries(parseEnv(text)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { values: Object.fromEntries(values), file, notices: [] };
}
