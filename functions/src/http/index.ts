import { answerFrameworkErrorsAsJson } from './framework/json-errors.ts';
import { runWithoutDomains } from './framework/without-domains.ts';

/**
 * The functions as functions-framework loads them. Each is deployed, and runs locally, as a process of its own, which
 * loads only what that one needs: this is most of the time of a cold start.
 */
const FUNCTIONS: Record<string, () => Promise<unknown>> = {
  api: () => import('./functions/api.ts'),
  worker: () => import('./functions/worker.ts'),
  /** Started by a worker, for one run. */
  alone: () => import('./functions/alone.ts'),
  /** Started by the API, for what only the graphs themselves can tell. */
  reader: () => import('./functions/reader.ts'),
  /** Started by the API, for the users that a project itself knows. */
  auth: () => import('./functions/auth.ts'),
  admin: () => import('./functions/admin.ts'),
  maintenance: () => import('./functions/maintenance.ts'),
};

const target = process.env['FUNCTION_TARGET'] ?? '';
const load = FUNCTIONS[target];
if (load === undefined) {
  process.stderr.write(`FUNCTION_TARGET must be one of ${Object.keys(FUNCTIONS).join(', ')}.\n`);
  process.exit(1);
}
answerFrameworkErrorsAsJson();
runWithoutDomains();
await load();
