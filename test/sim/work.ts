import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { currentWorld } from './globals.ts';

/** The body of every step. The graphs are compiled once, so the step asks the world in which it runs. */
export async function work(step: string, config: LangGraphRunnableConfig): Promise<string> {
  const { outside } = currentWorld();
  if (outside === null) throw new Error('The world has no outside.');
  return await outside.work(step, config);
}
