import { setTimeout as delay } from 'node:timers/promises';
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import type { BaseFunctionCallOptions } from '@langchain/core/language_models/base';
import { BaseChatModel, type BindToolsInput } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';

export type Reply = string | { tool: string; args: Record<string, unknown> };

/** A model whose next reply depends on the conversation alone, and that streams word by word. */
export class ScriptedModel extends BaseChatModel<BaseFunctionCallOptions & { tools?: BindToolsInput[] }> {
  readonly script: (messages: BaseMessage[]) => Reply;

  constructor(script: (messages: BaseMessage[]) => Reply) {
    super({});
    this.script = script;
  }

  _llmType(): string {
    return 'scripted';
  }

  override bindTools(tools: BindToolsInput[]) {
    return this.withConfig({ tools });
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const reply = this.script(messages);
    if (typeof reply === 'string') return { generations: [{ text: reply, message: new AIMessage(reply) }] };
    const call = { id: callId(messages), name: reply.tool, args: reply.args, type: 'tool_call' as const };
    return { generations: [{ text: '', message: new AIMessage({ content: '', tool_calls: [call] }) }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this['ParsedCallOptions'],
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const reply = this.script(messages);
    if (typeof reply !== 'string') {
      const chunk = {
        id: callId(messages),
        name: reply.tool,
        args: JSON.stringify(reply.args),
        index: 0,
        type: 'tool_call_chunk' as const,
      };
      const message = new AIMessageChunk({ content: '', tool_call_chunks: [chunk] });
      yield new ChatGenerationChunk({ text: '', message });
      return;
    }
    for (const text of reply.split(/(?<= )/)) {
      await delay(1);
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      await run?.handleLLMNewToken(text);
    }
  }
}

function callId(messages: BaseMessage[]): string {
  return `call_${messages.length}`;
}

export function toolMessages(messages: BaseMessage[]): string[] {
  return messages.filter((each) => each.getType() === 'tool').map((each) => String(each.content));
}
