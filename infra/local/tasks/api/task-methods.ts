import type { protos } from '@google-cloud/tasks';
import { deliver } from '../dispatch/deliver.ts';
import type { Delivery } from '../dispatch/deliver.ts';
import type { Task } from '../model.ts';
import type { TaskEntry } from '../state.ts';
import { invalid, notFound } from './errors.ts';
import { checkQueueName, checkTaskName, queueOf, randomTaskId } from './names.ts';
import { afterOf, pageSize, pageToken } from './page-token.ts';
import { parseTask } from './parse-task.ts';
import { renderTask } from './render.ts';
import type { View } from './render.ts';

type V2 = typeof protos.google.cloud.tasks.v2;
type WireTask = protos.google.cloud.tasks.v2.ITask;
type Request<
  Name extends
    'CreateTaskRequest' | 'GetTaskRequest' | 'ListTasksRequest' | 'DeleteTaskRequest' | 'RunTaskRequest',
> = InstanceType<V2[Name]>;

const MAX_PAGE = 1_000;

/** The task half of google.cloud.tasks.v2.CloudTasks. Each method throws ApiError. `ensureQueue` may create the queue. */
export function taskMethods(delivery: Delivery, ensureQueue: (name: string) => Promise<void>) {
  const { state, chaos } = delivery;
  const { store } = state;

  const show = (task: Task, view: View): WireTask => {
    const target = store.target(task.name);
    if (target === undefined) throw notFound(`Task does not exist: ${task.name}`);
    return renderTask(task, target, view);
  };

  return {
    async CreateTask(request: Request<'CreateTaskRequest'>): Promise<WireTask> {
      const view = viewOf(request.responseView);
      const parent = checkQueueName(request.parent ?? '');
      const now = state.now();
      const { name: wanted, target, ...rest } = parseTask(request.task, now);
      const name = wanted || `${parent}/tasks/${randomTaskId()}`;
      checkTaskName(name);
      if (queueOf(name) !== parent) throw invalid(`task.name must begin with ${parent}/tasks/.`);
      await ensureQueue(parent);
      const queue = state.queue(parent);
      state.checkTaskNameFree(queue, name);
      const task: Task = {
        name,
        named: wanted !== '',
        createTime: now,
        ...rest,
        dispatchCount: 0,
        responseCount: 0,
        executionCount: 0,
      };
      const entry: TaskEntry = { task, committed: false };
      queue.tasks.set(name, entry);
      try {
        await store.journal.durable(() => store.insertTask(task, target));
      } catch (error) {
        queue.tasks.delete(name);
        throw error;
      }
      entry.committed = true;
      const answer = renderTask(task, target, view); // before a dispatch changes the counts
      if (queue.tasks.get(name) === entry)
        queue.lane.add(name, task.scheduleTime + chaos.delayMs(name, 0) * 1000);
      return answer;
    },

    GetTask(request: Request<'GetTaskRequest'>): WireTask {
      const view = viewOf(request.responseView);
      return show(state.task(checkTaskName(request.name ?? '')).entry.task, view);
    },

    ListTasks(request: Request<'ListTasksRequest'>) {
      const view = viewOf(request.responseView);
      const parent = checkQueueName(request.parent ?? '');
      const { tasks } = state.queue(parent);
      const after = afterOf(request.pageToken ?? '', parent);
      const size = pageSize(request.pageSize ?? 0, MAX_PAGE);
      const names = store.taskNames(parent, after, size + 1);
      const page = names.slice(0, size);
      return {
        // A task that ended a moment ago may still be on disk.
        tasks: page.flatMap((name) => {
          const entry = tasks.get(name);
          return entry?.committed ? [show(entry.task, view)] : [];
        }),
        nextPageToken: names.length > size ? pageToken(parent, page.at(-1) ?? '') : '',
      };
    },

    async DeleteTask(request: Request<'DeleteTaskRequest'>) {
      const { queue, entry } = state.task(checkTaskName(request.name ?? ''));
      await state.removeTask(queue, entry.task);
      return {};
    },

    /** At once, whatever the queue's state, limits or schedule. The answer shows the attempt begun. */
    RunTask(request: Request<'RunTaskRequest'>): Promise<WireTask> {
      const view = viewOf(request.responseView);
      const { queue, entry } = state.task(checkTaskName(request.name ?? ''));
      queue.lane.remove(entry.task.name);
      return new Promise((resolve, reject) => {
        const onDispatch = (): void => {
          entry.task.scheduleTime = state.now();
          resolve(show(entry.task, view));
        };
        void deliver(delivery, queue, entry.task.name, onDispatch).then(() =>
          reject(new Error(`${entry.task.name} was not dispatched`)),
        );
      });
    },
  };
}

function viewOf(wire: protos.google.cloud.tasks.v2.Task.View | string | null | undefined): View {
  if (!wire || wire === 'VIEW_UNSPECIFIED' || wire === 'BASIC') return 'BASIC';
  if (wire === 'FULL') return 'FULL';
  throw invalid(`response_view ${wire} is unknown.`);
}
