import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { MODEL_TIMEOUT_MS } from './converse.ts';
import { MAX_RETRIES, onFailedAttempt } from './retry-call.ts';
import { modelSetting } from './setting.ts';

export { MODEL_TIMEOUT_MS };

const OLLAMA_URL = 'http://127.0.0.1:11434/v1';
/** Low, for answers that keep to their sources. */
const TEMPERATURE = 0.2;

type Env = Record<string, string | undefined>;

/**
 * The model that MODEL names. Only that provider's library is loaded. Throws when MODEL is unset or malformed.
 * Call it with `converse`, which knows what the libraries leave out.
 */
export async function chatModel(env: Env): Promise<BaseChatModel> {
  const setting = modelSetting(env);
  if (setting === undefined) throw new Error('MODEL is not set.');
  const { provider, name: model } = setting;
  const common = { model, maxRetries: MAX_RETRIES, onFailedAttempt };
  switch (provider) {
    case 'google': {
      const { googleModel } = await import('./google.ts');
      const baseUrl = text(env['GOOGLE_BASE_URL']);
      const apiKey = text(env['GOOGLE_API_KEY']) ?? keyless(baseUrl);
      return googleModel({
        ...common,
        temperature: TEMPERATURE,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(baseUrl === undefined ? {} : { baseUrl }),
      });
    }
    case 'anthropic': {
      const { ChatAnthropic } = await import('@langchain/anthropic');
      const anthropicApiUrl = text(env['ANTHROPIC_BASE_URL']);
      const apiKey = text(env['ANTHROPIC_API_KEY']) ?? keyless(anthropicApiUrl);
      return new ChatAnthropic({
        ...common,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(anthropicApiUrl === undefined ? {} : { anthropicApiUrl }),
        clientOptions: { timeout: MODEL_TIMEOUT_MS },
      });
    }
    case 'openai':
      return await openai(common, text(env['OPENAI_API_KEY']), text(env['OPENAI_BASE_URL']));
    case 'ollama':
      return await openai(common, undefined, text(env['OLLAMA_BASE_URL']) ?? OLLAMA_URL);
  }
}

interface Common {
  model: string;
  maxRetries: number;
  onFailedAttempt: typeof onFailedAttempt;
}

/** OpenAI itself, or any server that speaks its chat API: vLLM, Ollama, llama.cpp, LM Studio. */
async function openai(common: Common, apiKey: string | undefined, baseURL: string | undefined) {
  const { openaiModel } = await import('./openai.ts');
  // Of OpenAI's own models the newer ones refuse any temperature but theirs.
  const temperature = baseURL !== undefined || common.model.startsWith('gpt-4') ? TEMPERATURE : undefined;
  return openaiModel({
    ...common,
    ...(temperature === undefined ? {} : { temperature }),
    apiKey: apiKey ?? keyless(baseURL) ?? '',
    timeout: MODEL_TIMEOUT_MS,
    streamUsage: true,
    ...(baseURL === undefined ? {} : { configuration: { baseURL } }),
  });
}

/** The clients insist on a key even where the server wants none. */
function keyless(baseUrl: string | undefined): string | undefined {
  return baseUrl === undefined ? undefined : 'none';
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
