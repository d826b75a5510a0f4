import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel, type BaseChatModelCallOptions } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

/**
 * Says what was composed from quotes, as a chat model: so the answer streams, is traced and gets its message id
 * in the same way with a language model and without one. It generates nothing of its own.
 */
export class ExtractiveModel extends BaseChatModel {
  readonly #pieces: readonly string[];

  constructor(pieces: readonly string[]) {
    super({});
    this.#pieces = pieces;
  }

  override _llmType(): string {
    return 'extractive';
  }

  override _generate(): Promise<ChatResult> {
    const text = this.#pieces.join('');
    return Promise.resolve({ generations: [{ text, message: new AIMessage(text) }] });
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    options: BaseChatModelCallOptions,
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const text of this.#pieces) {
      options.signal?.throwIfAborted();
      const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      yield chunk;
      await manager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}
