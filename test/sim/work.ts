import type { RunnableConfig } from '@langchain/core/runnables';
import { currentWorld } from './globals.ts';

/** The body of every step. The graphs are compiled once, so the step asks the world in which it runs. */
export async function work(step: string, config: RunnableConfig): Promise<string> {
  const { outside } = currentWorld();
  if (outside === null) throw new Error('The world has no outside.');
  return await outside.work(step, config);
}
