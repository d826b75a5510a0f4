import type { BaseMessageChunk } from '@langchain/core/messages';
import { ChatOpenAI, ChatOpenAICompletions } from '@langchain/openai';

type Fields = NonNullable<ConstructorParameters<typeof ChatOpenAICompletions>[0]>;
type Convert = ChatOpenAICompletions['_convertCompletionsDeltaToBaseMessageChunk'];

/** OpenAI's chat API, with the words of a refusal, which LangChain's class drops from a stream. */
export function openaiModel(fields: Fields): ChatOpenAI {
  return new ChatOpenAI({ ...fields, completions: new WithRefusals(fields) });
}

class WithRefusals extends ChatOpenAICompletions {
  protected override _convertCompletionsDeltaToBaseMessageChunk(
    ...given: Parameters<Convert>
  ): BaseMessageChunk {
    const chunk = super._convertCompletionsDeltaToBaseMessageChunk(...given);
    const refusal: unknown = given[0]['refusal'];
    if (typeof refusal === 'string' && refusal !== '') chunk.additional_kwargs['refusal'] = refusal;
    return chunk;
  }
}
