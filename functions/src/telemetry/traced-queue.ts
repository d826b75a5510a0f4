import type { TaskQueue } from '../ports/task-queue.ts';
import { asChild } from './as-child.ts';

/** Enqueueing as a span of whoever waits for it. */
export function tracedQueue<T extends TaskQueue>(queue: T): T {
  return {
    ...queue,
    enqueue: (task, options) => asChild('other', 'enqueue', {}, () => queue.enqueue(task, options)),
  };
}
