import { LongrunError, utf8Bytes } from '@longrun/shared';
import { isTransient } from '../lib/transient.ts';
import { thrownText } from '../project/thrown.ts';
import { drawGraph, schemasOfGraph, subgraphsOf } from './about-graph.ts';
import type { Call } from './calls.ts';
import type { ReaderParts } from './open-graph.ts';
import { readHistory, readState, readValues } from './read-state.ts';
import { answerTooLarge, MAX_ANSWER } from './size.ts';
import { updateState } from './update-state.ts';

/** The answer as JSON text. Throws LongrunErrors only. `onLoaded`: the graph's module is there, the rest is the call's own. */
export async function answer(
  parts: ReaderParts,
  call: Call,
  onLoaded: () => void = () => {},
): Promise<string> {
  try {
    await parts.graphs.loaded(call.graph_id);
    onLoaded();
    const text = JSON.stringify(await answerTo(parts, call));
    if (utf8Bytes(text) > MAX_ANSWER) throw answerTooLarge('It is too large to be shown.');
    return text;
  } catch (error) {
    throw asLongrunError(error);
  }
}

function answerTo(parts: ReaderParts, call: Call): Promise<unknown> {
  switch (call.kind) {
    case 'state':
      return readState(parts, call);
    case 'history':
      return readHistory(parts, call);
    case 'update':
      return updateState(parts, call);
    case 'values':
      return readValues(parts, call);
    case 'graph':
      return drawGraph(parts, call);
    case 'subgraphs':
      return subgraphsOf(parts, call);
    case 'schemas':
      return schemasOfGraph(parts, call);
    default:
      return call satisfies never;
  }
}

/** By name: the graph's copy of LangGraph, and of our own errors, need not be this one's. */
function asLongrunError(error: unknown): LongrunError {
  if (error instanceof LongrunError) return error;
  const name = error instanceof Error ? error.name : '';
  const text = thrownText(error);
  switch (name) {
    case 'InvalidUpdateError':
    case 'InvalidCheckpointConfig':
    case 'StateNotSerializable':
      return new LongrunError('invalid_request', text);
    case 'StateTooLarge':
      return new LongrunError('too_large', text);
    case 'CheckpointDamaged':
      return new LongrunError('internal', text);
    default:
      if (isTransient(error))
        return new LongrunError('unavailable', 'The storage does not answer; try again.');
      return new LongrunError('graph_error', name === '' || name === 'Error' ? text : `${name}: ${text}`);
  }
}
