import { AIMessage } from '@langchain/core/messages';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { ExtractiveModel } from '../../research/extractive-model.ts';
import { answerText, pieces } from '../conversation/answer.ts';
import type { SchedulerStateType, SchedulerUpdate } from '../state.ts';
import type { Instant } from '../time/zone.ts';
import { situationOf, timeOf } from './context.ts';

/** Says what was done, streamed like any answer. */
export async function answer(
  state: SchedulerStateType,
  config: LangGraphRunnableConfig,
  { now }: { now: () => Instant },
): Promise<SchedulerUpdate> {
  const text = answerText(state, situationOf(state, timeOf(state.clock, now)));
  const said = await new ExtractiveModel(pieces(text)).invoke(state.messages, config);
  // Under the id that its pieces were streamed with.
  return { messages: [new AIMessage({ content: text, ...(said.id === undefined ? {} : { id: said.id }) })] };
}
