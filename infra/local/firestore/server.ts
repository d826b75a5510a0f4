/** The whole server on one port: gRPC, WebChannel, REST, what Google's emulator offers, and a little of its own under `/_/`. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../access/access.ts';
import { Administrators } from '../access/administrators.ts';
import { guardOf } from '../access/guard.ts';
import { backupRoute } from '../backup/route.ts';
import { listenMixed } from '../net/listen-mixed.ts';
import { handleEmulator } from './emulator/handler.ts';
import { createEngine } from './engine/engine.ts';
import { parseIndexConfig } from './engine/index/config.ts';
import { createGrpcServer } from './grpc/service.ts';
import { handleOperations } from './operations.ts';
import { Rulebook } from './rules/rulebook.ts';
import { createWebHandler } from './web/index.ts';

export interface FirestoreOptions {
  readonly host?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** SQLite file; absent: in memory. */
  readonly data?: string;
  /** Folder into which `POST /_/backup` may copy that file. */
  readonly backups?: string;
  /** Text of a `firestore.rules` file; absent: everything is allowed until a project is given rules. */
  readonly rules?: string;
  /** Text of a `firestore.indexes.json` file; absent: every query is served. */
  readonly indexes?: string;
  readonly project?: string;
  readonly access?: Access;
  /** Told of errors that are defects of this server; by default they go to stderr. */
  readonly onDefect?: (error: unknown) => void;
}

export interface FirestoreServer {
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** Stops serving, commits what waits, closes the file. */
  close(): Promise<void>;
}

/** @throws when the address or the file cannot be used, or rules or indexes cannot be parsed */
export async function startFirestore(options: FirestoreOptions = {}): Promise<FirestoreServer> {
  const { host = '127.0.0.1', port = 0, data, backups, rules, indexes, project = 'demo-local' } = options;
  const onDefect = options.onDefect ?? ((error: unknown) => console.error(error));
  const rulebook = new Rulebook(rules);
  const administrators = new Administrators(options.access);
  const guard = guardOf(options.access, host);
  const engine = createEngine({
    authorizer: rulebook,
    ...(data !== undefined && { file: data }),
    ...(indexes !== undefined && { indexes: parseIndexConfig(indexes) }),
  });
  const web = createWebHandler({
    api: engine.api,
    administrators,
    guarded: (project) => rulebook.guards(project),
    onDefect,
  });
  const backup = backupRoute({ data, backups, administrators, copy: (to) => engine.copy(to) });
  const identity = { bootId: randomUUID(), project };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (guard(request, response) || backup(request, response)) return;
    if (handleOperations(request, response, engine, identity)) return;
    if (await handleEmulator(request, response, { engine, rulebook, administrators, onDefect })) return;
    if (await web.handle(request, response)) return;
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error: { code: 404, status: 'NOT_FOUND', message: 'No such path.' } }));
  };
  try {
    const listener = await listenMixed({
      host,
      port,
      grpcServer: createGrpcServer(engine.api, onDefect, administrators),
      httpHandler: (request, response) => {
        answer(request, response).catch((error: unknown) => {
          onDefect(error);
          response.destroy();
        });
      },
    });
    let closing: Promise<void> | undefined;
    const shut = async (): Promise<void> => {
      web.close();
      await listener.close();
      engine.close();
    };
    const address = host.includes(':') ? `[${host}]` : host;
    return {
      port: listener.port,
      host,
      url: `http://${address}:${String(listener.port)}`,
      close: () => (closing ??= shut()),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}
