import { LongrunError } from '@longrun/shared';
import * as z from 'zod/mini';
import { CdnError, type Cdn, type CdnPurge } from '../ports/cdn.ts';
import type { LongAction, Step } from './operations.ts';

/** The CDN's own operation; null: it was not yet asked. */
const stateSchema = z.nullable(z.object({ name: z.string() }));

/** For an installation behind Firebase Hosting, which empties its cache itself with each deploy. */
export function noCdn(): LongrunError {
  return new LongrunError(
    'not_found',
    'There is no CDN to purge: URL_MAP names no load balancer. Firebase Hosting empties its cache with each deploy.',
    { reason: 'no_url_map' },
  );
}

/** B5: empties the CDN's cache of what the target names, `/*` for everything. */
export function purgeAction(cdn: Cdn | null): LongAction {
  return {
    async step({ operation_id, target, state }) {
      if (cdn === null) return { kind: 'failed', detail: noCdn().message };
      const known = z.parse(stateSchema, state);
      try {
        // The id makes asking twice one purge: after a crash it is not known whether the CDN was asked.
        return toStep(
          known === null ? await cdn.purge(target, operation_id) : await cdn.look(known.name),
          target,
        );
      } catch (error) {
        if (!(error instanceof CdnError) || error.retryable) throw error;
        return { kind: 'failed', detail: error.message };
      }
    },
  };
}

function toStep({ name, done, progress, error }: CdnPurge, target: string): Step {
  if (error !== null) return { kind: 'failed', detail: error };
  if (done) return { kind: 'done', detail: `The cache of ${target} is empty (${name}).` };
  return { kind: 'going', state: { name }, progress, detail: `The CDN empties ${target} (${name}).` };
}
