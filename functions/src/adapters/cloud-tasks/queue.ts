import { setTimeout } from 'node:timers/promises';
import { lazy } from '../../lib/lazy.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { TRACE_HEADER } from '../../telemetry/trace-header.ts';

export interface CloudTasksOptions {
  project: string;
  location: string;
  queue: string;
  /** Where tasks are delivered: the worker function. */
  workerUrl: string;
  /** Account in whose name tasks call the worker; it needs run.invoker there. */
  serviceAccount: string | null;
  /** `host:port` of a server that speaks the protocol, instead of Google's. */
  endpoint: string | null;
}

const ALREADY_EXISTS = 6;
/** DEADLINE_EXCEEDED and UNAVAILABLE: the task has a name, so it can be created again without harm. */
const TRANSIENT: ReadonlySet<unknown> = new Set([4, 14]);
/** Milliseconds between tries; after that the sweeper sees to it. */
const PAUSES_MS = [100, 200, 400, 800];
/** Time for one call of the API. Milliseconds. */
const CALL_MS = 10_000;
/** Cloud Tasks waits this long for the worker's answer; the worker hands over earlier. Seconds. */
const DISPATCH_DEADLINE_S = 1_800;

/** The client is loaded with the first call, or by `warm`. */
export function cloudTasksQueue(options: CloudTasksOptions): TaskQueue & { warm(): Promise<unknown> } {
  const { project, location, queue, workerUrl, serviceAccount, endpoint } = options;
  const opened = lazy(async () => {
    const { CloudTasksClient } = await import('@google-cloud/tasks');
    return new CloudTasksClient({
      projectId: project,
      ...(endpoint === null ? {} : await local(endpoint)),
    });
  });
  const parent = `projects/${project}/locations/${location}/queues/${queue}`;
  return {
    warm: opened,
    async enqueue(task, { name, notBefore, trace }) {
      const client = await opened();
      const create = () =>
        client.createTask(
          {
            parent,
            task: {
              name: `${parent}/tasks/${name}`,
              dispatchDeadline: { seconds: DISPATCH_DEADLINE_S },
              ...(notBefore === undefined ? {} : { scheduleTime: timestamp(notBefore) }),
              httpRequest: {
                httpMethod: 'POST',
                url: workerUrl,
                headers: {
                  'content-type': 'application/json',
                  // The worker knows its run's trace from the log; this is for the platform's own logs of the request.
                  ...(trace === undefined ? {} : { [TRACE_HEADER]: trace }),
                },
                body: Buffer.from(JSON.stringify(task)),
                ...(serviceAccount === null
                  ? {}
                  : { oidcToken: { serviceAccountEmail: serviceAccount, audience: workerUrl } }),
              },
            },
          },
          { timeout: CALL_MS },
        );
      for (let tries = 0; ; tries += 1) {
        try {
          await create();
          return;
        } catch (error) {
          const code = error instanceof Error && 'code' in error ? error.code : undefined;
          // The same attempt was enqueued before: that is what the name is for.
          if (code === ALREADY_EXISTS) return;
          const pause = PAUSES_MS[tries];
          if (pause === undefined || !TRANSIENT.has(code)) throw error;
          await setTimeout(pause);
        }
      }
    },
    async check() {
      const client = await opened();
      await client.getQueue({ name: parent }, { timeout: 2_000 });
    },
  };
}

function timestamp(ms: number) {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}

async function local(endpoint: string) {
  const { credentials } = await import('@grpc/grpc-js');
  const [host = '127.0.0.1', port = '8123'] = endpoint.split(':');
  return { apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure() };
}
