import { LongrunError, type RunTrace } from '@longrun/shared';
import type { Request } from 'express';
import { isUid } from '../lib/uid.ts';
import { traceReader } from '../telemetry/read-trace.ts';
import { pathId } from './parse.ts';
import type { Services } from './services.ts';

/** GET /api/admin/runs/:owner/:run_id/trace: of anybody's. */
export function anyTrace({ config, store }: Pick<Services, 'config' | 'store'>) {
  const read = traceReader(config);
  return async (req: Request): Promise<RunTrace> => {
    const { owner } = req.params;
    if (!isUid(owner)) throw new LongrunError('not_found', 'There is no such user.');
    const { run } = await store.require(owner, pathId(req, 'run_id'));
    return await read(run);
  };
}
