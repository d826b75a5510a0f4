import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import type { BaseMessage } from '@langchain/core/messages';
import type { ChatGenerationChunk } from '@langchain/core/outputs';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ModelRefused } from './errors.ts';

type Fields = ConstructorParameters<typeof ChatGoogleGenerativeAI>[0];

/** Gemini, with what LangChain's class leaves out. Source: https://ai.google.dev/api/generate-content */
export function googleModel(fields: Fields): ChatGoogleGenerativeAI {
  // Streaming also where nobody reads along: only that request takes the signal that cancels it.
  const model = new Gemini({ ...fields, streaming: true });
  const client: unknown = Reflect.get(model, 'client');
  const stream: unknown =
    typeof client === 'object' && client !== null ? Reflect.get(client, 'generateContentStream') : null;
  if (typeof client !== 'object' || client === null || typeof stream !== 'function') {
    throw new TypeError('This version of @langchain/google-genai has no client that can be watched.');
  }
  Reflect.set(client, 'generateContentStream', async (...request: unknown[]) => {
    const result: Streamed = await Reflect.apply(stream, client, request);
    // The same failure as the stream's own, which is handled; here it would be nobody's and end the process.
    result.response.catch(() => undefined);
    return { ...result, stream: watched(result.stream) };
  });
  return model;
}

/** Tells listeners of each part with all that it holds: LangChain's class tells them its text alone, and no usage. */
class Gemini extends ChatGoogleGenerativeAI {
  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const chunk of super._streamResponseChunks(messages, options)) {
      yield chunk;
      await manager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

interface Streamed {
  stream: AsyncIterable<Part>;
  response: Promise<unknown>;
}

interface Part {
  candidates?: { content?: { role: string; parts: { text: string }[] }; finishReason?: string }[];
  promptFeedback?: { blockReason?: string };
  usageMetadata?: Usage;
}

interface Usage {
  promptTokenCount?: number;
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  totalTokenCount?: number;
}

/** Reasons to finish that are not the end of an answer. */
const REFUSALS = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
  'IMAGE_SAFETY',
]);

/**
 * Three things get lost on the way through LangChain: a refusal, because parts without content are dropped; the tokens
 * of thinking, which are billed as output; and that every part repeats the usage so far, cached tokens included,
 * which LangChain adds up. So a refusal is thrown, and the last part alone tells the usage, thinking included.
 */
async function* watched(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  let usage: Usage | undefined;
  for await (const { usageMetadata, ...part } of parts) {
    usage = usageMetadata ?? usage;
    const [candidate] = part.candidates ?? [];
    const reason = part.promptFeedback?.blockReason ?? candidate?.finishReason;
    if (part.promptFeedback?.blockReason !== undefined || REFUSALS.has(reason ?? '')) {
      throw new ModelRefused(`Google says ${reason}.`);
    }
    if (candidate?.finishReason === undefined) yield part;
    else {
      const content =
        candidate.content?.parts === undefined ? { role: 'model', parts: [{ text: '' }] } : candidate.content;
      yield {
        ...part,
        candidates: [{ ...candidate, content }],
        ...(usage === undefined ? {} : { usageMetadata: whole(usage) }),
      };
    }
  }
}

function whole(usage: Usage): Usage {
  return {
    ...usage,
    candidatesTokenCount: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
  };
}
