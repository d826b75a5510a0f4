/** Binds the methods to gRPC. What is not bound here answers UNIMPLEMENTED, by grpc-js. */
import { Server, status } from '@grpc/grpc-js';
import type { UntypedHandleCall, UntypedServiceImplementation, handleUnaryCall } from '@grpc/grpc-js';
import { ApiError } from './errors.ts';
import { loadCloudTasks } from './protos.ts';

type Method = (request: never) => unknown;

export function createGrpcServer(methods: Record<string, Method>): Server {
  const definition = loadCloudTasks();
  const implementation: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(methods)) {
    if (!(name in definition)) throw new Error(`${name} is not a method of Cloud Tasks.`);
    implementation[name] = unary(name, method) as UntypedHandleCall; // the table is untyped, see its name
  }
  const server = new Server();
  server.addService(definition, implementation);
  return server;
}

function unary(name: string, method: Method): handleUnaryCall<never, unknown> {
  return async (call, callback) => {
    let answer: unknown;
    try {
      answer = await method(call.request);
    } catch (error) {
      callback(refusal(name, error));
      return;
    }
    callback(null, answer);
  };
}

function refusal(name: string, error: unknown): { code: status; details: string } {
  if (error instanceof ApiError) return { code: error.code, details: error.message };
  console.error(`Cloud Tasks: ${name} failed:`, error);
  return { code: status.INTERNAL, details: `${name} failed inside the server; its log says why.` };
}
