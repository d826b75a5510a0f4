import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { errorMessage } from '@longrun/shared';
import * as z from 'zod';
import { projectCorsSchema, type ProjectCors } from './cors.ts';
import { authTarget, type AuthEntry } from './auth-entry.ts';
import { graphTarget, type GraphEntry } from './graph-entry.ts';
import { noticesOf } from './notices.ts';
import { readEnv } from './env.ts';

/**
 * `langgraph.json` as LangGraph's CLI reads it. Settings that nothing here obeys are let through and named by `noticesOf`.
 * Source: docs.langchain.com/langsmith/cli, "Configuration file".
 */
const schema = z.looseObject({
  graphs: z.record(
    z.string(),
    z.union([z.string(), z.looseObject({ path: z.string(), description: z.string().optional() })]),
  ),
  env: z.union([z.string(), z.record(z.string(), z.string()), z.array(z.string())]).optional(),
  node_version: z.union([z.string(), z.number()]).optional(),
  dependencies: z.array(z.string()).optional(),
  auth: z
    .looseObject({ path: z.string().optional(), disable_studio_auth: z.boolean().optional() })
    .optional(),
  http: z.looseObject({ cors: projectCorsSchema.optional() }).optional(),
});
export type ProjectSettings = z.infer<typeof schema>;

/** Somebody's project: what is served of it, and with which environment. */
export interface Project {
  /** Its `langgraph.json`. */
  file: string;
  folder: string;
  graphs: ReadonlyMap<string, GraphEntry>;
  /** Variables that its configuration sets where the environment does not. */
  env: Record<string, string>;
  /** The file that holds them, whether it exists or not. */
  envFile?: string;
  /** Whose pages may call the API; absent: it does not say. */
  cors?: ProjectCors;
  /** Who knows its users; absent: it brings none of its own. */
  auth?: AuthEntry;
  /** What the configuration says and is not obeyed, in words. */
  notices: string[];
}

/** @param path a `langgraph.json`, or the folder that holds one. Throws with the file's name and what to do. */
export async function readProject(path: string): Promise<Project> {
  const file = await configFile(resolve(path));
  const settings = parse(file, await read(file));
  const folder = dirname(file);
  const graphs = new Map(
    Object.entries(settings.graphs).map(([id, target]) => [id, graphTarget(id, target, folder)] as const),
  );
  if (graphs.size === 0) {
    throw new Error(
      `${file} names no graph under "graphs". Add one, for example {"graphs": {"agent": "./agent.ts:graph"}}.`,
    );
  }
  const env = await readEnv(settings.env, folder);
  return {
    file,
    folder,
    graphs,
    env: env.values,
    ...(env.file === undefined ? {} : { envFile: env.file }),
    ...(settings.http?.cors === undefined ? {} : { cors: settings.http.cors }),
    ...(settings.auth?.path === undefined ? {} : { auth: authTarget(settings.auth.path, folder) }),
    notices: [...env.notices, ...noticesOf(settings)],
  };
}

/** As the project names it, in what people are told. */
export function inProject(folder: string, path: string): string {
  const inside = relative(folder, path);
  return inside.startsWith('..') ? path : inside;
}

async function configFile(path: string): Promise<string> {
  let found;
  try {
    found = await stat(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  return found.isDirectory() ? join(path, 'langgraph.json') : path;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : errorMessage(error);
  const what =
    code === 'ENOENT'
      ? basename(file) === 'langgraph.json'
        ? `There is no langgraph.json in ${dirname(file)}.`
        : `${file} does not exist.`
      : `${file} cannot be read (${code}).`;
  return new Error(`${what} LANGGRAPH_CONFIG must name a langgraph.json that can be read, or its folder.`, {
    cause: error,
  });
}

function parse(file: string, text: string): ProjectSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${errorMessage(error)}. Mend it and start again.`, {
      cause: error,
    });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${file} is not as expected:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
