import type { AnswerBody, CreateRun, GraphInfo, Run } from '@longrun/shared';
import { traceOfRequest } from './trace.ts';

/** An answer that says no, or no answer at all (`code` is then `unreachable`). */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: unknown;

  constructor(code: string, message: string, status: number, details?: unknown) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export interface LibraryDocument {
  id: string;
  title: string;
  text: string;
  format: string;
  passages?: { n: number; text: string; heading?: string }[];
}

export interface Graphs {
  graphs: GraphInfo[];
  model: string;
}

export interface Api {
  /** Idempotent by `run_id`. */
  createRun(body: CreateRun): Promise<Run>;
  cancelRun(runId: string): Promise<void>;
  /** Repeating the same answer is harmless; `already_answered` when there is another one. */
  answerRun(runId: string, answers: AnswerBody['answers']): Promise<Run>;
  /** The run that goes on where an ended one stopped; asking again answers the same one. */
  retryRun(runId: string): Promise<Run>;
  /** Of a run that has ended; `not_ended` otherwise. */
  deleteRun(runId: string): Promise<void>;
  /** With all its runs; `thread_busy` while one goes on. */
  deleteThread(threadId: string): Promise<void>;
  graphs(): Promise<Graphs>;
  document(id: string): Promise<LibraryDocument>;
  /** For parts of the page that bring their own calls: `path` below /api; with `body` it is a POST if nothing else is said. */
  request<T>(path: string, body?: unknown, method?: string): Promise<T>;
}

/** Of what creating a run answers, this page reads its own part. */
interface Created {
  longrun: Run;
}

/** `token` answers a fresh ID token, or null while nobody is signed in. */
export function createApi(token: () => Promise<string | null>): Api {
  const call = async <T>(
    path: string,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<T> => {
    const trace = method === 'GET' ? () => ({}) : traceOfRequest();
    const bearer = await token();
    const response = await fetch(new URL(`/api/${path}`, location.origin), {
      method,
      headers: {
        accept: 'application/json',
        ...trace(),
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiError('unreachable', 'Longrun cannot be reached right now.', 0);
    });
    const text = await response.text();
    if (!response.ok) throw errorOf(response.status, text);
    // The server and this page share their types; what the server sends is not checked twice.
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  return {
    createRun: async ({ thread_id, ...body }) => {
      const { longrun } = await (typeof thread_id === 'string'
        ? call<Created>(`threads/${encodeURIComponent(thread_id)}/runs`, body)
        : // A thread with a name is kept until someone deletes it.
          call<Created>(
            'runs',
            typeof body.run_id === 'string' ? { ...body, thread_id: body.run_id } : body,
          ));
      return longrun;
    },
    cancelRun: (runId) => call(`runs/${encodeURIComponent(runId)}/cancel`, {}),
    answerRun: (runId, answers) => call(`runs/${encodeURIComponent(runId)}/answer`, { answers }),
    retryRun: (runId) => call(`runs/${encodeURIComponent(runId)}/retry`, {}),
    deleteRun: (runId) => call(`runs/${encodeURIComponent(runId)}`, undefined, 'DELETE'),
    deleteThread: (threadId) => call(`threads/${encodeURIComponent(threadId)}`, undefined, 'DELETE'),
    graphs: () => call('graphs'),
    document: (id) => call(`library/${id.split('/').map(encodeURIComponent).join('/')}`),
    request: call,
  };
}

function errorOf(status: number, text: string): ApiError {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) {
      const { error } = body;
      if (typeof error === 'object' && error !== null && 'message' in error) {
        const code = 'code' in error ? String(error.code) : 'internal';
        return new ApiError(
          code,
          String(error.message),
          status,
          'details' in error ? error.details : undefined,
        );
      }
    }
  } catch (error) {
    return new ApiError('internal', `The server answered ${status} without a reason.`, status, String(error));
  }
  return new ApiError(
    'internal',
    `The server answered ${status} without a reason.`,
    status,
    text.slice(0, 500),
  );
}
