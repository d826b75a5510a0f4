import type { Metadata } from '@grpc/grpc-js';
import { ADMIN } from '../engine/types.ts';
import type { Caller } from '../engine/types.ts';
import { authenticate } from '../web/auth.ts';

/**
 * Server libraries are admins: they bring service accounts or the emulator's `Bearer owner`, and rules never bind
 * those. The web SDK also speaks gRPC when it runs in Node; it names itself `fire/VERSION`, and brings a user's ID
 * token or none. @throws StatusError UNAUTHENTICATED
 */
export function callerOf(metadata: Metadata): Caller {
  const header = (name: string): string => metadata.get(name).map(String).join(' ');
  if (!/\bfire\//.test(header('x-goog-api-client'))) return ADMIN;
  const authorization = header('authorization');
  const project = /^projects\/([^/]+)/.exec(header('google-cloud-resource-prefix'))?.[1] ?? '';
  return authenticate(authorization === '' ? undefined : authorization, project, Date.now());
}
