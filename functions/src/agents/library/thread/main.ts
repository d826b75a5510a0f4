import { workerData } from 'node:worker_threads';
import type { Role } from './start.ts';

/** Where every thread of the library begins; it loads only what its role needs. */
const ROLES: Record<Role, () => Promise<unknown>> = {
  index: () => import('./index-thread.ts'),
  parse: () => import('../parse/parse-thread.ts'),
};

const { role } = workerData as { role: Role };
await ROLES[role]();
