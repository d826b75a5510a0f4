import type { CheckpointTuple } from '@langchain/langgraph-checkpoint';
import { isObject, type Json, type JsonObject } from '@longrun/shared';
import * as z from 'zod';
import type { LangGraphCopy } from '../../project/served-graph.ts';

type Constructor = new (...args: unknown[]) => unknown;
const constructor = z.custom<Constructor>((value) => typeof value === 'function');
const classesSchema = z.object({ Command: constructor, Send: constructor });

/** LangGraph's task for what a command says, which is none of the graph's. */
const COMMANDS = '00000000-0000-0000-0000-000000000000';

/** What the graph is called with: a Command of its own LangGraph. */
export async function commandOf(copy: LangGraphCopy, { goto, ...command }: JsonObject): Promise<unknown> {
  const { Command, Send } = classesSchema.parse(await copy.load('@langchain/langgraph'));
  const place = (to: Json) => (isObject(to) ? new Send(to['node'], to['input']) : to);
  const places =
    goto === undefined || goto === null ? {} : { goto: Array.isArray(goto) ? goto.map(place) : place(goto) };
  return new Command({ ...command, ...places });
}

/** An attempt that was lost may have stored what the command says; LangGraph is told again. */
export function withoutCommand(tuple: CheckpointTuple): CheckpointTuple {
  return { ...tuple, pendingWrites: (tuple.pendingWrites ?? []).filter(([task]) => task !== COMMANDS) };
}
