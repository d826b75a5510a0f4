import { Annotation, END, Send, START, StateGraph, type LangGraphRunnableConfig } from '@langchain/langgraph';
import type { Library } from '../library/index.ts';
import type { Findings, Researcher } from './researcher.ts';
import { opened, searchLibrary } from './search.ts';
import { ResearchState, type ResearchStateType, type ResearchUpdate } from './state.ts';

export interface ResearchOptions {
  library: () => Promise<Library>;
  researcher: () => Researcher;
}

/** Rounds of searching after the first one, unless `configurable.max_loops` says otherwise. */
const DEFAULT_LOOPS = 2;
const LOOPS_LIMIT = 5;

const SearchInput = Annotation.Root({ query: Annotation<string>, passages: ResearchState.spec.passages });

/** generate_query -> search (one for each query, in parallel) -> reflect -> search again, or finalize_answer. */
export function buildResearch({ library, researcher }: ResearchOptions) {
  const findings = async (state: ResearchStateType): Promise<Findings> => ({
    messages: state.messages,
    passages: state.passages,
    asked: state.queries.map((query) => query.text),
    library: await library(),
  });

  const generateQuery = async (
    { messages }: ResearchStateType,
    config: LangGraphRunnableConfig,
  ): Promise<ResearchUpdate> => {
    const queries = await researcher().plan(messages, config);
    config.writer?.({ type: 'progress', text: searches(queries) });
    return { loops: 0, queries: queries.map((text) => ({ text, loop: 0 })), passages: null, sources: [] };
  };

  const search = async ({ query }: typeof SearchInput.State, config: LangGraphRunnableConfig) => ({
    passages: await searchLibrary(await opened(library(), config), query, config),
  });

  const reflect = async (
    state: ResearchStateType,
    config: LangGraphRunnableConfig,
  ): Promise<ResearchUpdate> => {
    const loop = state.loops + 1;
    if (loop > maxLoops(config)) return { loops: loop };
    const more = await researcher().reflect(await findings(state), config);
    config.writer?.({ type: 'progress', text: more.length > 0 ? searches(more) : 'enough was found' });
    return { loops: loop, queries: more.map((text) => ({ text, loop })) };
  };

  const finalizeAnswer = async (
    state: ResearchStateType,
    config: LangGraphRunnableConfig,
  ): Promise<ResearchUpdate> => {
    config.signal?.throwIfAborted();
    const { message, sources } = await researcher().answer(await findings(state), config);
    for (const source of sources) config.writer?.({ type: 'source', source });
    return { messages: [message], sources };
  };

  return new StateGraph(ResearchState)
    .addNode('generate_query', generateQuery)
    .addNode('search', search, { input: SearchInput })
    .addNode('reflect', reflect)
    .addNode('finalize_answer', finalizeAnswer)
    .addEdge(START, 'generate_query')
    .addConditionalEdges('generate_query', fanOut, ['search', 'finalize_answer'])
    .addEdge('search', 'reflect')
    .addConditionalEdges('reflect', fanOut, ['search', 'finalize_answer'])
    .addEdge('finalize_answer', END)
    .compile();
}

/** The searches of this round side by side; with none, the answer. */
function fanOut({ queries, loops }: ResearchStateType): Send[] | 'finalize_answer' {
  const round = queries.filter(({ loop }) => loop === loops);
  return round.length === 0
    ? 'finalize_answer'
    : round.map(({ text }) => new Send('search', { query: text }));
}

function searches(queries: string[]): string {
  return queries.length === 0 ? 'nothing to search for' : `searching for ${queries.join('; ')}`;
}

function maxLoops(config: LangGraphRunnableConfig): number {
  const wanted: unknown = config.configurable?.['max_loops'];
  const valid = typeof wanted === 'number' && Number.isInteger(wanted) && wanted >= 0;
  return valid ? Math.min(wanted, LOOPS_LIMIT) : DEFAULT_LOOPS;
}
