import { useMemo } from 'react';
import type {
  AdminConfig,
  AdminLimits,
  AdminMe,
  AdminMetrics,
  AdminOperation,
  AdminOverview,
  AdminStorage,
  AuditEntry,
  ChangeLimits,
  ChangeUserLimits,
  DeadLetter,
  RetryOutcome,
  RunTrace,
} from '@longrun/shared';
import type { Api } from '../../lib/api.ts';
import { useServices } from '../../lib/services.ts';

export interface AuditPage {
  entries: AuditEntry[];
  next_cursor: string | null;
}

/** The routes below /api/admin. All but `me` and `claim` are refused to those who are no admins. */
export function adminCalls({ request }: Api) {
  const id = encodeURIComponent;
  return {
    me: () => request<AdminMe>('admin/me'),
    claim: () => request<unknown>('admin/claim', {}),
    overview: () => request<AdminOverview>('admin/overview'),
    deadLetters: async () => (await request<{ runs: DeadLetter[] }>('admin/dead-letters')).runs,
    /** Without `runs`: all that were not tried again yet. */
    retry: async (runs?: { owner: string; run_id: string }[]) =>
      (
        await request<{ runs: RetryOutcome[] }>(
          'admin/dead-letters/retry',
          runs === undefined ? {} : { runs },
        )
      ).runs,
    metrics: (hours: number) => request<AdminMetrics>(`admin/metrics?hours=${hours}`),
    storage: () => request<AdminStorage>('admin/storage'),
    config: () => request<AdminConfig>('admin/config'),
    limits: () => request<AdminLimits>('admin/limits'),
    changeLimits: (change: ChangeLimits) => request<AdminLimits>('admin/limits', change),
    changeUserLimits: (owner: string, change: ChangeUserLimits) =>
      request<AdminLimits>(`admin/limits/${id(owner)}`, change),
    purge: (path?: string) => request<AdminOperation>('admin/purge', path === undefined ? {} : { path }),
    flushCache: () => request<AdminOperation>('admin/flush-cache', {}),
    operation: (operationId: string) => request<AdminOperation>(`admin/operations/${id(operationId)}`),
    audit: (cursor: string | null, limit: number) =>
      request<AuditPage>(`admin/audit?limit=${limit}${cursor === null ? '' : `&cursor=${id(cursor)}`}`),
    trace: (owner: string, runId: string) => request<RunTrace>(`admin/runs/${id(owner)}/${id(runId)}/trace`),
  };
}
export type AdminCalls = ReturnType<typeof adminCalls>;

export function useAdminCalls(): AdminCalls {
  const { api } = useServices();
  return useMemo(() => adminCalls(api), [api]);
}
