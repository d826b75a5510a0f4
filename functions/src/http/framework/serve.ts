import { http, type HttpFunction } from '@google-cloud/functions-framework';
import type { Config } from '../../config/config.ts';
import type { Admission } from '../admission.ts';
import { limitParsedBodies } from './parsed-bodies.ts';
import { admitBeforeFramework } from './server.ts';

/** Has functions-framework serve the function, which is the only one of its process. */
export function serve(
  name: string,
  handler: HttpFunction,
  { RECEIVE_TIMEOUT_S: seconds }: Pick<Config, 'RECEIVE_TIMEOUT_S'>,
  admission: Admission,
): void {
  limitParsedBodies(admission.maxBytes);
  admitBeforeFramework(admission, seconds * 1_000);
  http(name, handler);
}
