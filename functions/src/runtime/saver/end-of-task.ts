import { ERROR, INTERRUPT, RESUME, type PendingWrite } from '@langchain/langgraph-checkpoint';
import type { TaskInfo } from '../../ports/checkpoint-sink.ts';

/** A task that ends like this has handed over to the graph above: it did what it was there for. */
const HANDED_OVER = 'ParentCommand';
/** Names of what LangGraph and the runtime throw into a task only to stop it. */
const STOPPED: ReadonlySet<string> = new Set([
  'AbortError',
  'GraphDrained',
  'GraphBubbleUp',
  'CancelRequested',
  'Drained',
  'Fenced',
  'GraphChanged',
]);

/** What LangGraph's own writes say about how the task ended. Classes are known by name: projects bring copies of theirs. */
export function endOfTask(writes: PendingWrite[]): Pick<TaskInfo, 'interrupts' | 'answers' | 'error'> {
  const interrupts = writes
    .filter(([channel]) => channel === INTERRUPT)
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]));
  const resume = writes.find(([channel]) => channel === RESUME)?.[1];
  const answers = resume === undefined ? 0 : Array.isArray(resume) ? resume.length : 1;
  return { interrupts, answers, error: errorOf(writes) };
}

function errorOf(writes: PendingWrite[]): string | null | undefined {
  const failure = writes.find(([channel]) => channel === ERROR)?.[1];
  if (failure === undefined) return undefined;
  const name = textField(failure, 'name') ?? '';
  if (name === HANDED_OVER) return undefined;
  if (STOPPED.has(name)) return null;
  return textField(failure, 'message') ?? (typeof failure === 'string' ? failure : '');
}

function textField(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === 'string' ? found : undefined;
}
