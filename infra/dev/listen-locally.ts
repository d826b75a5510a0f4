/**
 * functions-framework has no setting for the address and listens on every one. On a laptop the functions are for this
 * machine only: the worker trusts whoever calls it, as in the cloud only the queue's account may.
 */
import { Server } from 'node:net';

const { listen } = Server.prototype;

Server.prototype.listen = function (this: Server, ...args: unknown[]) {
  const [port, host] = args;
  const local = (typeof port === 'number' || typeof port === 'string') && typeof host !== 'string';
  return Reflect.apply(listen, this, local ? [Number(port), '127.0.0.1', ...args.slice(1)] : args) as Server;
} as typeof listen;
