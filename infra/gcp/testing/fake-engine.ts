/**
 * For the tests: Pulumi's engine, as far as a program that is previewed talks to it, over the same gRPC. So Pulumi's own
 * runner can be tried without the `pulumi` command. Source: proto/resource.proto and proto/engine.proto of @pulumi/pulumi.
 */
import { createRequire } from 'node:module';
import type * as grpc from '@grpc/grpc-js';
import { PROJECT_NUMBER } from './record.ts';

const require = createRequire(import.meta.url);
const fromPulumi = createRequire(require.resolve('@pulumi/pulumi'));
/** The copies that Pulumi itself uses. */
const { Server, ServerCredentials }: typeof grpc = fromPulumi('@grpc/grpc-js');
const { Struct } = fromPulumi('google-protobuf/google/protobuf/struct_pb.js');
const { Empty } = fromPulumi('google-protobuf/google/protobuf/empty_pb.js');
const engine = require('@pulumi/pulumi/proto/engine_pb.js');
const monitor = require('@pulumi/pulumi/proto/resource_pb.js');
const { EngineService } = require('@pulumi/pulumi/proto/engine_grpc_pb.js');
const { ResourceMonitorService } = require('@pulumi/pulumi/proto/resource_grpc_pb.js');

export interface FakeEngine {
  /** host:port for --monitor and --engine. */
  address: string;
  /** `type name` of each resource that was asked for. */
  resources: string[];
  /** What the program complained of: errors and warnings. */
  complaints: string[];
  /** `type name` -> the same of what must be there before. */
  dependencies: Map<string, string[]>;
  /** What the stack gave out, by name. */
  outputs: string[];
  close(): void;
}

export async function startFakeEngine(): Promise<FakeEngine> {
  const resources: string[] = [];
  const complaints: string[] = [];
  const dependencies = new Map<string, string[]>();
  const outputs: string[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: unary((request) => {
      if (request.getSeverity() >= WARNING) complaints.push(request.getMessage());
      return new Empty();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse()),
    setRootResource: unary(() => new engine.SetRootResourceResponse()),
  });
  server.addService(ResourceMonitorService, {
    // What it is not told here it does without.
    supportsFeature: unary(() => new monitor.SupportsFeatureResponse()),
    invoke: unary(() =>
      new monitor.ResourceInvokeResponse().setReturn(Struct.fromJavaScript({ number: PROJECT_NUMBER })),
    ),
    registerResource: unary((request) => {
      const type = request.getType();
      const name = request.getName();
      resources.push(`${type} ${name}`);
      dependencies.set(`${type} ${name}`, request.getDependenciesList().map(nameOf));
      const answer = new monitor.RegisterResourceResponse();
      answer.setUrn(`urn:pulumi:production::longrun::${type}::${name}`);
      answer.setObject(request.getObject());
      return answer;
    }),
    registerResourceOutputs: unary((request) => {
      outputs.push(...Object.keys(request.getOutputs()?.toJavaScript() ?? {}));
      return new Empty();
    }),
    signalAndWaitForShutdown: unary(() => new Empty()),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    resources,
    complaints,
    dependencies,
    outputs,
    close: () => server.forceShutdown(),
  };
}

/** Of LogRequest and RegisterResourceRequest, what is read here. */
interface Message {
  getMessage(): string;
  getSeverity(): number;
  getType(): string;
  getName(): string;
  getObject(): unknown;
  getDependenciesList(): string[];
  getOutputs(): { toJavaScript(): object } | undefined;
}

const WARNING = 2;

/** `urn:pulumi:stack::project::type::name` */
function nameOf(urn: string): string {
  return urn.split('::').slice(2).join(' ');
}

function unary(answer: (request: Message) => unknown): grpc.handleUnaryCall<Message, unknown> {
  return (call, respond) => respond(null, answer(call.request));
}
