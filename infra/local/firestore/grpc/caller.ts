import type { Metadata } from '@grpc/grpc-js';
import type { Administrators } from '../../access/administrators.ts';
import { ADMIN } from '../engine/types.ts';
import type { Caller } from '../engine/types.ts';
import { authenticate } from '../web/auth.ts';

/**
 * Server libraries are admins: they bring service accounts or the emulator's `Bearer owner`, and rules never bind
 * those. Where there is a secret, only who brings it is. The web SDK also speaks gRPC when it runs in Node; it names itself `fire/VERSION`, and brings a user's ID
 * token or none. @throws StatusError UNAUTHENTICATED
 */
export function callerOf(metadata: Metadata, administrators: Administrators): Caller {
  const header = (name: string): string => metadata.get(name).map(String).join(' ');
  const isLibrary = !/\bfire\//.test(header('x-goog-api-client'));
  if (isLibrary && administrators.trustsLibraries) return ADMIN;
  const authorization = header('authorization');
  const project = /^projects\/([^/]+)/.exec(header('google-cloud-resource-prefix'))?.[1] ?? '';
  return authenticate(authorization === '' ? undefined : authorization, project, administrators);
}
