import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

/** A run of `steps` steps that each take `delay_ms` and stream `tokens` words; each start is noted in `file`. None begins before `gate` is there. */
const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  steps: Annotation<number>({ reducer: (_a, b) => b, default: () => 4 }),
  delay_ms: Annotation<number>({ reducer: (_a, b) => b, default: () => 700 }),
  tokens: Annotation<number>({ reducer: (_a, b) => b, default: () => 20 }),
  file: Annotation<string | undefined>(),
  gate: Annotation<string | undefined>(),
  done: Annotation<number>({ reducer: (_a, b) => b, default: () => 0 }),
});

/** Streams numbered words, evenly over a given time. */
class Counting extends SimpleChatModel {
  readonly #words: number;
  readonly #ms: number;

  constructor(words: number, ms: number) {
    super({});
    this.#words = words;
    this.#ms = ms;
  }

  _llmType(): string {
    return 'counting';
  }

  async _call(): Promise<string> {
    return Array.from({ length: this.#words }, (_, i) => `w${i} `).join('');
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (let i = 0; i < this.#words; i += 1) {
      await delay(
        this.#ms / this.#words,
        undefined,
        options.signal === undefined ? {} : { signal: options.signal },
      );
      const text = `w${i} `;
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      await run?.handleLLMNewToken(text);
    }
  }
}

export const graph = new StateGraph(State)
  .addNode('step', async (state, config) => {
    const n = state.done + 1;
    const options = config.signal === undefined ? {} : { signal: config.signal };
    while (state.gate !== undefined && !existsSync(state.gate)) await delay(50, undefined, options);
    if (state.file !== undefined) await appendFile(state.file, `${n}\n`);
    config.writer?.({ type: 'progress', text: `step ${n} of ${state.steps}`, done: n, total: state.steps });
    const answer = await new Counting(state.tokens, state.delay_ms).invoke(state.messages, config);
    return { done: n, messages: [answer] };
  })
  .addEdge(START, 'step')
  .addConditionalEdges('step', (state) => (state.done < state.steps ? 'step' : END), ['step', END])
  .compile();
