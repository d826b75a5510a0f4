import { scopes } from './scope.ts';
import type { Span } from './span.ts';

/** `work` as a span below the root of the present scope; without one it is only done. */
export async function asChild<T>(
  kind: Span['kind'],
  name: string,
  about: { [label: string]: string | number },
  work: () => Promise<T>,
): Promise<T> {
  const scope = scopes.getStore();
  if (scope === undefined) return await work();
  const start = scope.now();
  const labels = Object.fromEntries(Object.entries(about).map(([label, value]) => [label, String(value)]));
  try {
    return await work();
  } catch (error) {
    labels['error'] = error instanceof Error ? error.name : 'unknown';
    throw error;
  } finally {
    scope.child({ kind, name, start, end: scope.now(), labels });
  }
}
