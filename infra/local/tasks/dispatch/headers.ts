/** The headers of a dispatch: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler */
import type { HttpTarget, Task } from '../model.ts';
import { lastSegment, queueOf } from '../api/names.ts';

/** Computed here or by the HTTP layer, whatever the task's creator asked for. */
const RESERVED =
  /^(host|content-length|user-agent|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

export function dispatchHeaders(
  task: Task,
  target: HttpTarget,
  retryCount: number,
  token?: string,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(target.headers)) {
    const overridden = RESERVED.test(name) || (token !== undefined && name.toLowerCase() === 'authorization');
    if (!overridden) headers[name] = value;
  }
  headers['User-Agent'] = 'Google-Cloud-Tasks';
  headers['X-CloudTasks-QueueName'] = lastSegment(queueOf(task.name));
  headers['X-CloudTasks-TaskName'] = lastSegment(task.name);
  headers['X-CloudTasks-TaskRetryCount'] = String(retryCount);
  headers['X-CloudTasks-TaskExecutionCount'] = String(task.executionCount);
  headers['X-CloudTasks-TaskETA'] = (task.scheduleTime / 1e6).toFixed(6);
  if (task.previousResponse !== undefined)
    headers['X-CloudTasks-TaskPreviousResponse'] = String(task.previousResponse);
  if (task.retryReason !== undefined) headers['X-CloudTasks-TaskRetryReason'] = task.retryReason;
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  return headers;
}
