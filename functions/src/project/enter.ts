import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Project } from './config.ts';

/** Settings that name a file relative to where Longrun was started. */
const RELATIVE = [
  'LANGGRAPH_CONFIG',
  'LIBRARY_DIR',
  'LIBRARY_INDEX',
  'GRAPHS_FILE',
  'GOOGLE_APPLICATION_CREDENTIALS',
];

/**
 * Makes this process the project's: its environment where it is not set already, and its folder as the working directory, so
 * that a graph finds what it finds under LangGraph's CLI. Our own relative settings keep their meaning. GRAPHS_ENV holds the
 * text of the project's env file where it is deployed without the file.
 */
export function enterProject(project: Project, env: NodeJS.ProcessEnv = process.env): void {
  for (const name of RELATIVE) {
    const value = env[name];
    if (value !== undefined && value !== '') env[name] = resolve(value);
  }
  const deployed = parseEnv(env['GRAPHS_ENV'] ?? '');
  for (const [name, value] of Object.entries({ ...project.env, ...deployed })) env[name] ??= value;
  process.chdir(project.folder);
}
