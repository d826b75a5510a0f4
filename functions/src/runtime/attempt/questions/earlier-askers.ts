import { INTERRUPT, type BaseCheckpointSaver } from '@langchain/langgraph-checkpoint';
import { isObject, type Asker, type Run } from '@longrun/shared';
import { isBreakpoint } from './breakpoints.ts';
import type { Answered } from '../resume/origin.ts';

/**
 * Questions of before December 2026 do not say who asks: they have LangGraph's name of the task's question, from its second
 * one on with a number, `name.2`. The thread still knows it: the task ended with its question. A graph around the one that
 * asked stores the question as well, so the innermost is the one that asks.
 */
export async function withEarlierAskers(saver: BaseCheckpointSaver, run: Run): Promise<Answered> {
  const { answers, askers, thread_id } = run;
  const unknown = new Map(
    Object.keys(answers)
      .filter((id) => askers[id] === undefined && !isBreakpoint(id))
      .map((id) => [id, numbered(id)]),
  );
  if (unknown.size === 0) return run;
  const found: { [id: string]: Asker } = {};
  for await (const { checkpoint, config, pendingWrites = [] } of saver.list({
    configurable: { thread_id },
  })) {
    const checkpoint_ns = String(config.configurable?.['checkpoint_ns'] ?? '');
    for (const [task, channel, value] of pendingWrites) {
      if (channel !== INTERRUPT) continue;
      const names = (Array.isArray(value) ? value : [value]).map((each) =>
        isObject(each) ? each['id'] : null,
      );
      for (const [id, { name, index }] of unknown) {
        const known = found[id];
        // Of one namespace, the newest checkpoint comes first.
        if (
          !names.includes(name) ||
          (known !== undefined && depth(known.checkpoint_ns) >= depth(checkpoint_ns))
        )
          continue;
        found[id] = { task, checkpoint_ns, checkpoint_id: checkpoint.id, index };
      }
    }
  }
  return { answers, askers: { ...found, ...askers } };
}

function numbered(id: string): { name: string; index: number } {
  const [name = id, number = '1'] = id.split('.');
  return { name, index: Number(number) - 1 };
}

const depth = (ns: string) => (ns === '' ? 0 : ns.split('|').length);
