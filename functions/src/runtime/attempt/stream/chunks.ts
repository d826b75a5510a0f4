import * as z from 'zod';
import type { CompiledGraph } from '../../../project/served-graph.ts';

const eventSchema = z.looseObject({
  event: z.string(),
  run_id: z.string(),
  tags: z.array(z.string()).optional(),
  data: z.looseObject({ chunk: z.unknown().optional() }).optional(),
});
/** Steps of LangGraph's own, of which nothing is told. */
const HIDDEN = 'langsmith:hidden';

type Config = Parameters<CompiledGraph['stream']>[1];

/**
 * What LangGraph streams, as `[namespace, mode, payload]`. `events`: also LangChain's events of all that the graph calls, as mode
 * `events`; what the graph itself streams is among them.
 */
export async function* chunksOf(
  graph: CompiledGraph,
  input: unknown,
  config: Config,
  events: boolean,
): AsyncIterable<unknown> {
  if (!events) {
    yield* await graph.stream(input, config);
    return;
  }
  let root: string | undefined;
  for await (const told of graph.streamEvents(input, { ...config, version: 'v2' })) {
    const event = eventSchema.safeParse(told);
    if (!event.success) continue;
    const { run_id, tags = [], data } = event.data;
    root ??= run_id;
    if (event.data.event === 'on_chain_stream' && run_id === root) yield data?.chunk;
    else if (!tags.includes(HIDDEN)) yield [[], 'events', told];
  }
}
