/**
 * functions-framework has no setting for the address and listens on every one. On a laptop the functions are for this
 * machine only: the worker trusts whoever calls it, as in the cloud only the queue's account may. Pages of elsewhere have
 * no business with them either.
 */
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { guardOf } from '../local/access/guard.ts';

const guard = guardOf({
  hosts: listOf('LONGRUN_ALLOWED_HOSTS'),
  origins: listOf('LONGRUN_ALLOWED_ORIGINS'),
});
const { listen } = Server.prototype;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [port, host] = args;
  const local = (typeof port === 'number' || typeof port === 'string') && typeof host !== 'string';
  if (this instanceof HttpServer) putDoorBefore(this);
  return Reflect.apply(listen, this, local ? [Number(port), '127.0.0.1', ...args.slice(1)] : args) as Server;
} as typeof listen;

function putDoorBefore(server: HttpServer): void {
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (guard(request, response)) return;
    for (const handle of handlers) Reflect.apply(handle, server, [request, response]);
  });
}

function listOf(name: string): string[] {
  return (process.env[name] ?? '').split(',').filter((each) => each !== '');
}
