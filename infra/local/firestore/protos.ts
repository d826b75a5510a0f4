/** The message definitions that Google's own client ships, loaded once. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { fromJSON } from '@grpc/proto-loader';
import type { MessageTypeDefinition, PackageDefinition, ServiceDefinition } from '@grpc/proto-loader';

const SERVICE = 'google.firestore.v1.Firestore';

interface ProtoJson {
  nested?: Record<string, ProtoJson>;
  fields?: Record<string, { type: string; id: number }>;
  oneofs?: Record<string, { oneof: string[] }>;
}

/** `package.json` is hidden by `exports`, so the folder is found from the entry point upwards. */
function protoFile(): string {
  const entry = createRequire(import.meta.url).resolve('@google-cloud/firestore');
  return join(dirname(entry), '..', 'protos', 'v1.json');
}

/** `Write.verify`, which the web SDK sends, is missing in the file: field 5 of the oneof `operation`. */
function withVerify(root: ProtoJson): ProtoJson {
  const path = ['google', 'firestore', 'v1', 'Write'];
  const write = path.reduce<ProtoJson | undefined>((node, name) => node?.nested?.[name], root);
  if (!write?.fields || !write.oneofs)
    throw new Error('the proto file does not define google.firestore.v1.Write');
  write.fields['verify'] ??= { type: 'string', id: 5 };
  const operation = write.oneofs['operation'];
  if (operation && !operation.oneof.includes('verify')) operation.oneof.push('verify');
  return root;
}

function load(): PackageDefinition {
  const json: ProtoJson = JSON.parse(readFileSync(protoFile(), 'utf8'));
  return fromJSON(withVerify(json), { longs: String, enums: String, oneofs: false, defaults: false });
}

const definitions = load();

function isService(definition: PackageDefinition[string] | undefined): definition is ServiceDefinition {
  return definition !== undefined && !('format' in definition);
}

export function firestoreService(): ServiceDefinition {
  const service = definitions[SERVICE];
  if (!isService(service)) throw new Error(`the proto file does not define ${SERVICE}`);
  return service;
}

export function messageType(name: string): MessageTypeDefinition<object, object> {
  const method = Object.values(firestoreService()).find(({ responseType }) => {
    const type: { name?: string } = responseType.type;
    return type.name === name;
  });
  if (!method) throw new Error(`no method answers with ${name}`);
  return method.responseType;
}
