import { isObject, type Json } from '@longrun/shared';
import type { Recorded } from '../streams/pieces.ts';
import { objectOf, told, type Told } from './event.ts';
import { slimState } from './slim-state.ts';

/** What the modes tell that need nothing of what came before. */
export function eventsOf({ mode, ns, data }: Recorded): Told[] {
  switch (mode) {
    case 'updates':
      return Object.entries(objectOf(data))
        .filter(([node]) => !node.startsWith('__'))
        .map(([node, change]) => ({ ...told('updates', ns, changeOf(change)), node }));
    case 'tools':
      return [told('tools', ns, tool(data))];
    case 'custom':
      return [told('custom', ns, isObject(data) && 'name' in data ? data : { payload: data })];
    case 'tasks':
      return [told('tasks', ns, data)];
    default:
      return [];
  }
}

function changeOf(change: Json): Json {
  return typeof change === 'object' && change !== null ? slimState(change) : { value: change };
}

function tool(data: Json): Json {
  const { event, toolCallId, name, input, output, error, data: piece } = objectOf(data);
  const tool_call_id = String(toolCallId ?? '');
  switch (event) {
    case 'on_tool_start':
      return { event: 'tool-started', tool_call_id, tool_name: String(name ?? 'tool'), input: input ?? null };
    case 'on_tool_end':
      return { event: 'tool-finished', tool_call_id, output: slimState(output ?? null) };
    case 'on_tool_error':
      return { event: 'tool-error', tool_call_id, message: messageOf(error) };
    default: {
      const delta = typeof piece === 'string' ? piece : JSON.stringify(piece ?? null);
      return { event: 'tool-output-delta', tool_call_id, delta };
    }
  }
}

function messageOf(error: Json | undefined): string {
  const { message } = objectOf(error);
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : JSON.stringify(error ?? 'The tool failed.');
}
