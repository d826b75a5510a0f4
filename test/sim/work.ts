import { getConfig, interrupt, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { currentWorld } from './globals.ts';
import type { Outside } from './outside.ts';

/** The bodies of steps. The graphs are compiled once, so a step asks the world in which it runs. */
function outside(): Outside {
  const { outside: found } = currentWorld();
  if (found === null) throw new Error('The world has no outside.');
  return found;
}

export async function work(step: string, config: LangGraphRunnableConfig = getConfig()): Promise<string> {
  return await outside().work(step, config);
}

/** A step that ends within the turn of the event loop in which it began. */
export function quickWork(step: string): string {
  return outside().quickWork(step, getConfig());
}

/** What a step of the run of this config is called in the state. */
export function named(step: string, config: LangGraphRunnableConfig): string {
  return outside().named(step, config);
}

/** A step that waits, asks, waits and asks, and works then. Adds its answers after itself. */
export async function ask(
  step: string,
  questions: number,
  config: LangGraphRunnableConfig = getConfig(),
): Promise<string[]> {
  const around = outside();
  around.begins(step, config);
  await around.pause(config);
  const answers: unknown[] = [];
  for (let i = 0; i < questions; i += 1) {
    answers.push(interrupt({ name: step, question: i + 1 }));
    await around.pause(config);
  }
  const done = await around.work(step, config);
  return [done, ...answers.map((answer, i) => `${done}?${i + 1}=${String(answer)}`)];
}
