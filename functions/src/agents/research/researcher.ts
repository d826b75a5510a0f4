import type { AIMessage, BaseMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import type { Library, Passage } from '../library/index.ts';
import type { CitedSource } from './state.ts';

/** What decides, in each step: a language model, or the words of the question alone. */
export interface Researcher {
  /** First searches. */
  plan(messages: BaseMessage[], config: LangGraphRunnableConfig): Promise<string[]>;
  /** Further searches, or none when what was found is enough. */
  reflect(findings: Findings, config: LangGraphRunnableConfig): Promise<string[]>;
  answer(findings: Findings, config: LangGraphRunnableConfig): Promise<Answer>;
}

export interface Findings {
  messages: BaseMessage[];
  passages: Passage[];
  asked: string[];
  library: Library;
}

interface Answer {
  message: AIMessage;
  /** Those that the message cites. */
  sources: CitedSource[];
}
