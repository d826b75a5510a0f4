import type { BaseMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import type { Household } from '../calendar/household.ts';
import type { Wall } from '../time/wall.ts';
import { parseRequest } from './parse.ts';
import type { Wish } from './wish.ts';

export interface Asked {
  messages: BaseMessage[];
  /** The latest message of the person. */
  text: string;
  /** The time at home. */
  now: Wall;
  household: Household;
}

/** What understands a request: its words alone, or a language model. */
export type Understand = (asked: Asked, config: LangGraphRunnableConfig) => Promise<Wish>;

export const byWords: Understand = ({ text, now, household }) =>
  Promise.resolve(parseRequest(text, now, household));
