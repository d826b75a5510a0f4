/**
 * functions-framework has no setting for the address and listens on every one. On a laptop the functions are for this
 * machine only: the worker trusts whoever calls it, as in the cloud only the queue's account may. Pages of elsewhere have
 * no business with them either.
 */
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { guardOf, isWelcome } from '../local/access/guard.ts';
import { answerToUpgrade } from '../local/net/answer-upgrade.ts';

const access = { hosts: listOf('LONGRUN_ALLOWED_HOSTS'), origins: listOf('LONGRUN_ALLOWED_ORIGINS') };
const guard = guardOf(access);
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
  const upgraders = server.listeners('upgrade');
  // Without a listener Node answers requests for another protocol as any other.
  if (upgraders.length === 0) return;
  server.removeAllListeners('upgrade');
  server.on('upgrade', (request, ...connection) => {
    if (!isWelcome(request, access)) guard(request, answerToUpgrade(request));
    else for (const accept of upgraders) Reflect.apply(accept, server, [request, ...connection]);
  });
}

function listOf(name: string): string[] {
  return (process.env[name] ?? '').split(',').filter((each) => each !== '');
}
