import { jsonBytes, toJson } from '@longrun/shared';
import type { GraphEntry } from '../graph-entry.ts';
import { graphToDescribe, type LoadedGraph } from '../load-graph.ts';
import type { CompiledGraph } from '../served-graph.ts';
import { thrownText } from '../thrown.ts';
import { descriptionSchema, type Description } from './description.ts';
import { graphInfo } from './graph-info.ts';
import { schemasOf } from './schemas.ts';

/** More than a page can draw. Bytes of JSON. */
const MAX_DRAWING = 200_000;

const drawn = descriptionSchema.shape.drawing.unwrap();

/** Everything that can be told of a loaded graph. A function that makes graphs is called as LangGraph's server calls it to read. */
export async function describeGraph(entry: GraphEntry, loaded: LoadedGraph): Promise<Description> {
  const { meta, served, importLangGraph } = loaded;
  const { version } = served.langgraph;
  let graph: CompiledGraph;
  try {
    graph = await graphToDescribe(loaded, { configurable: {} });
  } catch (error) {
    const note = `It could not be described without the config of a run: ${thrownText(error)}`;
    return { ...graphInfo(entry, meta, []), langgraph: version, note };
  }
  const drawing = await draw(graph);
  return {
    ...graphInfo(entry, meta, Object.keys(graph.nodes)),
    langgraph: version,
    ...(await schemasOf(graph, importLangGraph)),
    ...channelsOf(graph),
    ...(drawing === undefined ? {} : { drawing }),
  };
}

function channelsOf(graph: CompiledGraph): Pick<Description, 'channels'> {
  const { data } = descriptionSchema.shape.channels.safeParse(Reflect.get(graph, 'streamChannelsAsIs'));
  return data === undefined ? {} : { channels: data };
}

async function draw(graph: CompiledGraph): Promise<Description['drawing']> {
  // A graph whose drawing throws can be run all the same.
  try {
    if (!isDrawable(graph)) return undefined;
    const whole = toJson((await graph.getGraphAsync({ xray: true })).toJSON());
    return jsonBytes(whole) <= MAX_DRAWING ? drawn.parse(whole) : undefined;
  } catch {
    return undefined;
  }
}

function isDrawable(
  graph: object,
): graph is { getGraphAsync(options: { xray: boolean }): Promise<{ toJSON(): unknown }> } {
  return 'getGraphAsync' in graph && typeof graph.getGraphAsync === 'function';
}
