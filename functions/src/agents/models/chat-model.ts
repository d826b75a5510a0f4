import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { modelSetting } from './setting.ts';

/** One call may take this long; the run's own retry follows after that. */
export const MODEL_TIMEOUT_MS = 120_000;
/** Retries inside a call, for rate limits and dropped connections. */
const MAX_RETRIES = 2;
const OLLAMA_URL = 'http://127.0.0.1:11434/v1';

/**
 * The model that MODEL names. Only that provider's library is loaded. Throws when MODEL is unset or malformed.
 * Google's client takes no timeout of its own: callers also pass `timeout: MODEL_TIMEOUT_MS` with each call.
 */
export async function chatModel(env: Record<string, string | undefined>): Promise<BaseChatModel> {
  const setting = modelSetting(env);
  if (setting === undefined) throw new Error('MODEL is not set.');
  const { provider, name } = setting;
  const common = { model: name, maxRetries: MAX_RETRIES, temperature: temperature(name) };
  switch (provider) {
    case 'google': {
      const { ChatGoogleGenerativeAI } = await import('@langchain/google-genai');
      return new ChatGoogleGenerativeAI({ ...defined(common), ...key(env['GOOGLE_API_KEY']), model: name });
    }
    case 'anthropic': {
      const { ChatAnthropic } = await import('@langchain/anthropic');
      return new ChatAnthropic({
        ...defined(common),
        ...key(env['ANTHROPIC_API_KEY']),
        clientOptions: { timeout: MODEL_TIMEOUT_MS },
      });
    }
    case 'openai':
      return openai(common, env['OPENAI_API_KEY'], env['OPENAI_BASE_URL']);
    case 'ollama':
      return openai(common, undefined, env['OLLAMA_BASE_URL'] ?? OLLAMA_URL);
  }
}

/** OpenAI itself, or any server that speaks its chat API: vLLM, Ollama, llama.cpp, LM Studio. */
async function openai(common: Common, apiKey: string | undefined, baseURL: string | undefined) {
  const { ChatOpenAI } = await import('@langchain/openai');
  const own = baseURL !== undefined && baseURL !== '';
  return new ChatOpenAI({
    ...defined(common),
    // The client insists on a key even where the server wants none.
    apiKey: apiKey ?? (own ? 'none' : ''),
    timeout: MODEL_TIMEOUT_MS,
    streamUsage: true,
    ...(own ? { configuration: { baseURL } } : {}),
  });
}

interface Common {
  model: string;
  maxRetries: number;
  temperature: number | undefined;
}

/** Reasoning models refuse any temperature but their own. */
function temperature(name: string): number | undefined {
  return /^(?:gpt-5|o\d)/.test(name) ? undefined : 0.2;
}

function defined({ temperature, ...rest }: Common) {
  return { ...rest, ...(temperature === undefined ? {} : { temperature }) };
}

function key(apiKey: string | undefined): { apiKey?: string } {
  return apiKey === undefined ? {} : { apiKey };
}
