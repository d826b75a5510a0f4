/** The service definition, from the .proto files that the client libraries ship (google/cloud/tasks/v2). */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { loadSync } from '@grpc/proto-loader';
import type { ServiceDefinition } from '@grpc/proto-loader';

const SERVICE = 'google.cloud.tasks.v2.CloudTasks';
const require = createRequire(import.meta.url);

/** The packages' `exports` hide these folders, so: resolve the main file and walk up. */
function protoFolder(packageName: string): string {
  for (
    let folder = dirname(require.resolve(packageName));
    dirname(folder) !== folder;
    folder = dirname(folder)
  ) {
    const protos = join(folder, 'build', 'protos');
    if (existsSync(join(protos, 'google'))) return protos;
  }
  throw new Error(`${packageName} was found, but not its build/protos folder.`);
}

export function loadCloudTasks(): ServiceDefinition {
  const definitions = loadSync('google/cloud/tasks/v2/cloudtasks.proto', {
    includeDirs: [protoFolder('@google-cloud/tasks'), protoFolder('google-gax')],
    longs: String,
    enums: String,
    oneofs: true,
  });
  const service = definitions[SERVICE];
  if (service === undefined || 'format' in service) throw new Error(`${SERVICE} is not in the proto files.`);
  return service;
}
