import { Annotation, type LangGraphRunnableConfig } from '@langchain/langgraph';
import { ask, work } from '../work.ts';

const seen = Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] });

/** `seen` gets one element from each step that ended, so that it tells what was lost or doubled. */
export const State = Annotation.Root({ seen });
export type State = typeof State.State;

/** With a key that a later deploy may have removed. */
export const StateWithRemark = Annotation.Root({ seen, remark: Annotation<string>() });

/** What a graph within another hands up; its own `notes` begin empty. */
export const Outer = Annotation.Root({ seen, notes: Annotation<string[]>() });
export const Inner = Annotation.Root({
  notes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});

export const step = (name: string) => async (_state: unknown, config: LangGraphRunnableConfig) => ({
  seen: [await work(name, config)],
});

export const asking =
  (name: string, questions: number) => async (_state: unknown, config: LangGraphRunnableConfig) => ({
    seen: await ask(name, questions, config),
  });
