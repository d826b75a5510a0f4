/** CreateTaskRequest.task, checked as production checks it. Everything here throws INVALID_ARGUMENT or UNIMPLEMENTED. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { protos } from '@google-cloud/tasks';
import { HTTP_METHODS, METHODS_WITH_BODY } from '../model.ts';
import type { HttpMethod, HttpTarget, Micros } from '../model.ts';
import { invalid, unimplemented } from './errors.ts';
import { parseDuration, parseTimestamp } from './wire-time.ts';

const MAX_TASK_BYTES = 100 * 1024;
const MAX_HEADER_BYTES = 80 * 1024;
const MAX_URL_LENGTH = 2_083;
const MAX_SCHEDULE_AHEAD_US = 30 * 24 * 3_600 * 1e6;
const MIN_DEADLINE_MS = 15_000;
const MAX_DEADLINE_MS = 30 * 60_000;
const DEFAULT_DEADLINE_MS = 10 * 60_000;

export interface NewTask {
  /** Empty when the server is to choose. */
  name: string;
  scheduleTime: Micros;
  deadlineMs: number;
  target: HttpTarget;
}

export function parseTask(wire: protos.google.cloud.tasks.v2.ITask | null | undefined, now: Micros): NewTask {
  if (!wire) throw invalid('task is required.');
  if (wire.appEngineHttpRequest) throw unimplemented('App Engine tasks are not supported: use http_request.');
  if (!wire.httpRequest) throw invalid('task.http_request is required.');
  return {
    name: wire.name ?? '',
    scheduleTime: parseScheduleTime(wire.scheduleTime, now),
    deadlineMs: parseDeadline(wire.dispatchDeadline),
    target: parseTarget(wire.httpRequest),
  };
}

function parseScheduleTime(wire: protos.google.protobuf.ITimestamp | null | undefined, now: Micros): Micros {
  const time = wire ? parseTimestamp(wire, 'task.schedule_time') : now;
  if (time > now + MAX_SCHEDULE_AHEAD_US) throw invalid('task.schedule_time is more than 30 days ahead.');
  return Math.max(time, now);
}

function parseDeadline(wire: protos.google.protobuf.IDuration | null | undefined): number {
  if (!wire) return DEFAULT_DEADLINE_MS;
  const ms = parseDuration(wire, 'task.dispatch_deadline');
  if (ms < MIN_DEADLINE_MS || ms > MAX_DEADLINE_MS) {
    throw invalid('task.dispatch_deadline must be between 15 seconds and 30 minutes.');
  }
  return ms;
}

function parseTarget(wire: protos.google.cloud.tasks.v2.IHttpRequest): HttpTarget {
  if (wire.oauthToken) throw unimplemented('oauth_token is not supported: use oidc_token.');
  const url = parseUrl(wire.url ?? '');
  const method = parseMethod(wire.httpMethod);
  const headers = parseHeaders(wire.headers ?? {});
  const body =
    typeof wire.body === 'string' ? Buffer.from(wire.body, 'base64') : (wire.body ?? new Uint8Array());
  if (body.length > 0 && !METHODS_WITH_BODY.includes(method)) {
    throw invalid(`task.http_request.body is not allowed with ${method}: use POST, PUT or PATCH.`);
  }
  const headerBytes = Buffer.byteLength(Object.entries(headers).flat().join(''));
  if (headerBytes >= MAX_HEADER_BYTES) throw invalid('task.http_request.headers must be smaller than 80 KB.');
  if (url.length + headerBytes + body.length > MAX_TASK_BYTES)
    throw invalid('The task is larger than 100 KB.');
  const target: HttpTarget = { url, method, headers, body };
  if (wire.oidcToken) {
    const email = wire.oidcToken.serviceAccountEmail ?? '';
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) {
      throw invalid(
        'task.http_request.oidc_token.service_account_email must be the email of a service account.',
      );
    }
    target.oidc = { email, audience: wire.oidcToken.audience || url };
  }
  return target;
}

function parseUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw invalid('task.http_request.url must be a valid URL that begins with http:// or https://.');
  }
  const { href } = new URL(text);
  if (href.length > MAX_URL_LENGTH)
    throw invalid(`task.http_request.url is longer than ${MAX_URL_LENGTH} characters.`);
  return text;
}

function parseMethod(wire: protos.google.cloud.tasks.v2.IHttpRequest['httpMethod']): HttpMethod {
  if (!wire || wire === 'HTTP_METHOD_UNSPECIFIED') return 'POST';
  const method = HTTP_METHODS.find((known) => known === wire);
  if (method === undefined) throw invalid(`task.http_request.http_method ${wire} is unknown.`);
  return method;
}

function parseHeaders(wire: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(wire)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      throw invalid(`task.http_request.headers: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return wire;
}
