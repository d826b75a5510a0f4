import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { BaseMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { converse } from './converse.ts';
import { callUsage } from './usage.ts';

/**
 * Asks the model for something that is for the graph and not for the reader: its words are not streamed. LangGraph then
 * reports no usage of the call either, so it is reported here. Throws as `converse` does.
 */
export async function think(
  model: BaseChatModel,
  prompt: BaseMessage[],
  config: LangGraphRunnableConfig,
): Promise<string> {
  const said = await converse(model, prompt, { ...config, tags: [...(config.tags ?? []), 'nostream'] });
  const usage = callUsage(model, said);
  if (usage !== undefined) config.writer?.({ type: 'usage', usage });
  return said.text;
}
