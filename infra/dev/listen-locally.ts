/**
 * functions-framework has no setting for the address and listens on every one. On a laptop the functions are for this
 * machine only: the worker trusts whoever calls it, as in the cloud only the queue's account may. Pages of elsewhere have
 * no business with them either. With LONGRUN_SHARE_PORT=1 the next version of a function may listen on the same port before this
 * one ends; the supervisor is told when it does.
 */
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { guardOf, isWelcome } from '../local/access/guard.ts';
import { answerToUpgrade } from '../local/net/answer-upgrade.ts';

const access = { hosts: listOf('LONGRUN_ALLOWED_HOSTS'), origins: listOf('LONGRUN_ALLOWED_ORIGINS') };
const guard = guardOf(access);
const { listen } = Server.prototype;
const reusePort = process.env['LONGRUN_SHARE_PORT'] === '1';
// For this process only, not for those that it starts.
delete process.env['LONGRUN_SHARE_PORT'];

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [port, host] = args;
  const local = (typeof port === 'number' || typeof port === 'string') && typeof host !== 'string';
  if (this instanceof HttpServer) putDoorBefore(this);
  if (!local) return Reflect.apply(listen, this, args) as Server;
  if (reusePort) this.once('listening', () => process.send?.('listening'));
  const at = { port: Number(port), host: '127.0.0.1', reusePort };
  return Reflect.apply(listen, this, [at, ...args.slice(1)]) as Server;
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
