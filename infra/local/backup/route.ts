/** `POST /_/backup?into=NAME`: a server copies its own database into a folder that the caller has made. */
import { existsSync } from 'node:fs';
import type { Administrators } from '../access/administrators.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';

interface Options {
  /** Absent when the server keeps everything in memory. */
  data: string | undefined;
  /** Where backups lie. Absent: none are made. The caller can only name a folder in it. */
  backups: string | undefined;
  administrators: Administrators;
  copy: (to: string) => Promise<void>;
}

export type BackupRoute = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The route answers false when the request is not for it. A page of another origin cannot call it: it wants a header. */
export function backupRoute({ data, backups, administrators, copy }: Options): BackupRoute {
  return (request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (url?.pathname !== '/_/backup') return false;
    request.resume();
    const answer = (status: number, body: object): void => {
      if (response.destroyed) return;
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string, message: string): void =>
      answer(status, { error: { code, message } });
    const into = url.searchParams.get('into') ?? '';
    if (request.method !== 'POST') refuse(405, 'method_not_allowed', 'Use POST.');
    else if (!administrators.sent(request.headers.authorization))
      refuse(401, 'unauthenticated', administrators.advice);
    else if (data === undefined || backups === undefined)
      refuse(409, 'failed_precondition', 'This server was started without --data and --backups.');
    else if (!/^\.?[A-Za-z0-9-]{1,100}$/.test(into) || !existsSync(join(backups, into)))
      refuse(400, 'invalid_request', '"into" must name a folder among the backups.');
    else if (existsSync(join(backups, into, basename(data))))
      refuse(409, 'already_exists', 'That folder holds a copy already.');
    else {
      copy(join(backups, into, basename(data))).then(
        () => answer(200, { file: basename(data) }),
        (error: unknown) => {
          process.stderr.write(`The backup failed: ${String(error)}\n`);
          refuse(500, 'internal', `The copy could not be made: ${message(error)}`);
        },
      );
    }
    return true;
  };
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
