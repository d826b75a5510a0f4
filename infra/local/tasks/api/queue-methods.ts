import type { protos } from '@google-cloud/tasks';
import type { Queue } from '../model.ts';
import type { QueueEntry, State } from '../state.ts';
import { invalid, unimplemented } from './errors.ts';
import { checkLocation, checkQueueName } from './names.ts';
import { afterOf, pageSize, pageToken } from './page-token.ts';
import { checkBackoff, parseSettings, updateSettings } from './parse-queue.ts';
import { renderQueue } from './render.ts';

type V2 = typeof protos.google.cloud.tasks.v2;
type WireQueue = protos.google.cloud.tasks.v2.IQueue;
type Named = { name?: string | null };

const MAX_PAGE = 9_800;

/** The queue half of google.cloud.tasks.v2.CloudTasks. Each method throws ApiError. */
export function queueMethods(state: State) {
  const save = async (entry: QueueEntry, queue: Queue): Promise<WireQueue> => {
    entry.queue = queue;
    await state.store.journal.durable(() => state.store.putQueue(queue));
    entry.lane.pump();
    return renderQueue(queue);
  };
  const named = (request: Named): QueueEntry => state.queue(checkQueueName(request.name ?? ''));

  const create = async (name: string, wire: WireQueue): Promise<WireQueue> => {
    checkQueueName(name);
    const settings = parseSettings(wire);
    checkBackoff(settings);
    state.checkQueueNameFree(name);
    const queue: Queue = { name, state: 'RUNNING', ...settings };
    return save(state.addQueue(queue), queue);
  };

  const update = async (wire: WireQueue, mask: readonly string[]): Promise<WireQueue> => {
    const name = checkQueueName(wire.name ?? '');
    const entry = state.queues.get(name);
    if (entry === undefined) return create(name, wire); // as the API says
    const settings = updateSettings(entry.queue, wire, mask);
    checkBackoff(settings);
    return save(entry, { ...entry.queue, ...settings });
  };

  return {
    create,
    update,
    CreateQueue(request: InstanceType<V2['CreateQueueRequest']>): Promise<WireQueue> {
      const parent = checkLocation(request.parent ?? '');
      const name = request.queue?.name ?? '';
      if (!name.startsWith(`${parent}/queues/`))
        throw invalid(`queue.name must begin with ${parent}/queues/.`);
      return create(name, request.queue ?? {});
    },
    GetQueue(request: Named): WireQueue {
      return renderQueue(named(request).queue);
    },
    ListQueues(request: InstanceType<V2['ListQueuesRequest']>) {
      if (request.filter) throw unimplemented('ListQueues does not support filter.');
      const parent = checkLocation(request.parent ?? '');
      const after = afterOf(request.pageToken ?? '', parent);
      const size = pageSize(request.pageSize ?? 0, MAX_PAGE);
      const names = [...state.queues.keys()].filter(
        (name) => name.startsWith(`${parent}/queues/`) && name > after,
      );
      const page = names.sort().slice(0, size);
      return {
        queues: page.map((name) => renderQueue(state.queue(name).queue)),
        nextPageToken: names.length > size ? pageToken(parent, page.at(-1) ?? '') : '',
      };
    },
    async UpdateQueue(request: InstanceType<V2['UpdateQueueRequest']>): Promise<WireQueue> {
      if (!request.queue) throw invalid('queue is required.');
      return update(request.queue, request.updateMask?.paths ?? []);
    },
    async DeleteQueue(request: Named) {
      await state.removeQueue(named(request));
      return {};
    },
    async PurgeQueue(request: Named): Promise<WireQueue> {
      const entry = named(request);
      const removed = [...entry.tasks.values()].map(({ task }) => state.removeTask(entry, task));
      const answer = await save(entry, { ...entry.queue, purgeTime: state.now() });
      await Promise.all(removed);
      return answer;
    },
    async PauseQueue(request: Named): Promise<WireQueue> {
      const entry = named(request);
      return save(entry, { ...entry.queue, state: 'PAUSED' });
    },
    async ResumeQueue(request: Named): Promise<WireQueue> {
      const entry = named(request);
      return save(entry, { ...entry.queue, state: 'RUNNING' });
    },
  };
}
