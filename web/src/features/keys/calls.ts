import { useMemo } from 'react';
import type { ApiKeyList, MadeApiKey, MakeApiKey } from '@longrun/shared';
import type { Api } from '../../lib/api.ts';
import { useServices } from '../../lib/services.ts';

/** The routes below /api/keys. */
function keyCalls({ request }: Api) {
  return {
    list: () => request<ApiKeyList>('keys'),
    make: (wanted: MakeApiKey) => request<MadeApiKey>('keys', wanted),
    revoke: (id: string) => request<void>(`keys/${encodeURIComponent(id)}`, undefined, 'DELETE'),
  };
}

export function useKeyCalls(): ReturnType<typeof keyCalls> {
  const { api } = useServices();
  return useMemo(() => keyCalls(api), [api]);
}
