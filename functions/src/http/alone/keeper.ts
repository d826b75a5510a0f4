import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { log } from '../../telemetry/log.ts';
import type { RunTask } from '../../ports/task-queue.ts';
import type { AloneEnd, Keeper } from '../../runtime/liveness/alone.ts';
import { endOf, KEPT_CHARS } from './end-of-process.ts';
import { aloneMessageSchema, type AloneMessage, type AloneTask } from './messages.ts';

export interface KeeperOptions {
  /** How many processes there may be at once. */
  most: number;
  /** Arguments of Node before the task; default: the functions' own program, and what this process was started with. */
  program?: string[];
}

/** Executes runs in processes of their own, on this machine. */
export function processKeeper({ most, program = OWN_PROGRAM }: KeeperOptions): Keeper {
  const children = new Map<ChildProcess, Promise<AloneEnd>>();
  return {
    execute(task, worker) {
      if (children.size >= most) return undefined;
      const child = start(program, { task, worker });
      const end = ended(child, task).finally(() => children.delete(child));
      children.set(child, end);
      return end;
    },
    async drained() {
      for (const child of children.keys()) child.kill('SIGTERM');
      await Promise.all(children.values());
    },
  };
}

const OWN_PROGRAM = [...process.execArgv, fileURLToPath(new URL('../index.ts', import.meta.url))];

function start(program: string[], task: AloneTask): ChildProcess {
  return spawn(process.execPath, [...program, JSON.stringify(task)], {
    env: { ...process.env, FUNCTION_TARGET: 'alone' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function ended(child: ChildProcess, { run_id }: RunTask): Promise<AloneEnd> {
  let said: AloneMessage | undefined;
  let printed = '';
  child.on('message', (message) => {
    const parsed = aloneMessageSchema.safeParse(message);
    if (parsed.success) said = parsed.data;
  });
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from?.setEncoding('utf8').on('data', (text: string) => {
      to.write(text);
      printed = (printed + text).slice(-KEPT_CHARS);
    });
  }
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (...end) => resolve(end));
    child.once('error', (error) => {
      log.error('A process for one run could not be started.', error, { run_id });
      if (child.pid === undefined) resolve([null, null]);
    });
  });
  if (said !== undefined) return { kind: 'answered', answer: said.answer };
  if (child.pid === undefined) return { kind: 'answered', answer: { done: false, seconds: 5 } };
  return { kind: 'died', reason: endOf({ code, signal, printed }) };
}
