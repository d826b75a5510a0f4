import { existsSync } from 'node:fs';
import type { Project } from '../../project/config.ts';
import { ProjectLoader } from '../../project/loader.ts';
import { thrownText } from '../../project/thrown.ts';
import { handlersOf, type Handlers } from './handlers.ts';

/** Throws an error that begins with the file as the project names it. */
export async function loadHandlers({ auth, folder }: Project, limitMs: number): Promise<Handlers> {
  if (auth === undefined) throw new Error('langgraph.json names no auth any more.');
  if (auth.problem !== undefined) throw new Error(auth.problem);
  try {
    if (!existsSync(auth.file)) throw new Error('there is no such file.');
    const { exports } = await new ProjectLoader({ folder, limitMs }).load(auth.file);
    return handlersOf(exports, auth);
  } catch (error) {
    throw new Error(`${auth.place}: ${thrownText(error)}`, { cause: error });
  }
}
