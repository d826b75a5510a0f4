import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk, UsageMetadata } from '@langchain/core/messages';
import { costUsd } from './price.ts';

/** What one call used, in the shape of a run's usage events. */
export interface CallUsage {
  model: string;
  input_tokens: number;
  output_tokens: number;
  /** Those of the input that came from the provider's cache. */
  cached_tokens?: number;
  cost_usd?: number;
}

/** Undefined when the provider told nothing. */
export function callUsage(model: BaseChatModel, said: AIMessageChunk): CallUsage | undefined {
  if (said.usage_metadata === undefined) return undefined;
  const named: unknown = said.response_metadata['model_name'];
  const name = model.getLsParams({}).ls_model_name ?? (typeof named === 'string' ? named : 'unknown');
  return priced(name, said.usage_metadata);
}

function priced(
  model: string,
  { input_tokens, output_tokens, input_token_details }: UsageMetadata,
): CallUsage {
  const cached = input_token_details?.cache_read;
  const usage = { input_tokens, output_tokens, ...(cached === undefined ? {} : { cached_tokens: cached }) };
  const cost = costUsd(model, usage);
  return { model, ...usage, ...(cost === undefined ? {} : { cost_usd: cost }) };
}
