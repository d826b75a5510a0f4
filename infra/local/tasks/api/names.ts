/** Resource names, by the rules in google/cloud/tasks/v2/{queue,task}.proto. All functions throw INVALID_ARGUMENT. */
import { randomInt } from 'node:crypto';
import { invalid } from './errors.ts';

const LOCATION = /^projects\/[A-Za-z0-9.:-]{1,100}\/locations\/[A-Za-z0-9-]{1,100}$/;
const QUEUE_ID = /^[A-Za-z0-9-]{1,100}$/;
const TASK_ID = /^[A-Za-z0-9_-]{1,500}$/;

export function checkLocation(name: string): string {
  if (!LOCATION.test(name)) {
    throw invalid(`"${clip(name)}" is not a location: use projects/PROJECT_ID/locations/LOCATION_ID.`);
  }
  return name;
}

export function checkQueueName(name: string): string {
  const [location, id] = cut(name, '/queues/');
  if (!LOCATION.test(location) || !QUEUE_ID.test(id)) {
    throw invalid(
      `"${clip(name)}" is not a queue name: use projects/PROJECT_ID/locations/LOCATION_ID/queues/QUEUE_ID, where ` +
        'QUEUE_ID has letters, digits and hyphens, at most 100.',
    );
  }
  return name;
}

export function checkTaskName(name: string): string {
  const [queue, id] = cut(name, '/tasks/');
  if (!TASK_ID.test(id)) {
    throw invalid(
      `"${clip(name)}" is not a task name: use QUEUE_NAME/tasks/TASK_ID, where TASK_ID has letters, digits, hyphens and ` +
        'underscores, at most 500.',
    );
  }
  checkQueueName(queue);
  return name;
}

export function queueOf(taskName: string): string {
  return cut(taskName, '/tasks/')[0];
}

export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Production makes up long decimal ids; random, so that names spread evenly. */
export function randomTaskId(): string {
  const half = (): string => String(randomInt(1e9, 1e10));
  return half() + half();
}

function cut(name: string, separator: string): [string, string] {
  const at = name.indexOf(separator);
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + separator.length)];
}

function clip(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}...` : name;
}
