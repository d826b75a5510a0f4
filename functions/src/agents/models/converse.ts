import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk, BaseMessage } from '@langchain/core/messages';
import type { RunnableConfig } from '@langchain/core/runnables';
import { concat } from '@langchain/core/utils/stream';
import { ModelCutOff, ModelRefused } from './errors.ts';

/** One call may take this long; the run's own retry follows after that. */
export const MODEL_TIMEOUT_MS = 120_000;

/**
 * Asks the model and answers with the whole of what it said, which is streamed to whoever listens. Throws ModelRefused
 * when it, or its provider's filter, will not answer; ModelCutOff when the stream ended before the answer did (a
 * closed connection looks like an end); a TimeoutError; and what the provider's library throws.
 */
export async function converse(
  model: BaseChatModel,
  prompt: BaseMessage[],
  config: RunnableConfig,
  timeoutMs = MODEL_TIMEOUT_MS,
): Promise<AIMessageChunk> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = config.signal === undefined ? timeout : AbortSignal.any([config.signal, timeout]);
  let said: AIMessageChunk | undefined;
  try {
    for await (const chunk of await model.stream(prompt, { ...config, signal })) {
      said = said === undefined ? chunk : concat(said, chunk);
    }
  } catch (error) {
    // The libraries make something of their own out of a signal.
    signal.throwIfAborted();
    throw error;
  }
  // Some end a stream that was aborted as if it were whole.
  signal.throwIfAborted();
  return checked(said);
}

function checked(said: AIMessageChunk | undefined): AIMessageChunk {
  if (said === undefined) throw new ModelCutOff('nothing came');
  const refusal = said.additional_kwargs['refusal'];
  if (typeof refusal === 'string' && refusal !== '') throw new ModelRefused(refusal);
  const end = endOf(said);
  if (end === 'refusal' || end === 'content_filter') {
    throw new ModelRefused(
      end === 'refusal' ? 'it gave no reason.' : "its provider's filter stopped the answer.",
    );
  }
  if (end === undefined) throw new ModelCutOff('the stream ended in the middle');
  if (said.text.trim() === '' && (said.tool_calls ?? []).length === 0) throw new ModelCutOff('it is empty');
  return said;
}

/** Why the model stopped, by the provider's own name for it: OpenAI, Google, Anthropic, OpenAI's responses API. */
function endOf({
  response_metadata: metadata,
  additional_kwargs: extra,
}: AIMessageChunk): string | undefined {
  const ends: unknown[] = [
    metadata['finish_reason'],
    metadata['finishReason'],
    metadata['stop_reason'],
    extra['stop_reason'],
    metadata['status'],
  ];
  return ends.find((end): end is string => typeof end === 'string' && end !== '');
}
