import { isObject, type Json } from '@longrun/shared';

/** What a turn was started with, by its request. Of one that asked for nothing, its last state can be told. */
export function recordedModes(request: Json | undefined): { modes: string[]; subgraphs: boolean } {
  const { stream_mode: modes, subgraphs } = isObject(request) ? request : {};
  return {
    modes: Array.isArray(modes) ? modes.map(String) : ['values'],
    subgraphs: subgraphs === true,
  };
}
