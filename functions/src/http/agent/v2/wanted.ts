import type { ThreadEvent } from './event.ts';
import type { EventsBody } from './schemas.ts';

/** Whether the event is what a connection asked for. */
export function wanted({ channels, namespaces, depth, since }: EventsBody): (event: ThreadEvent) => boolean {
  const named = new Set(channels);
  return ({ seq, method, params: { namespace, data } }) => {
    if (typeof since === 'number' && seq <= since) return false;
    const channel = method.startsWith('input.') ? 'input' : method;
    const name = method === 'custom' && typeof data === 'object' && data !== null ? nameIn(data) : undefined;
    if (!named.has(channel) && !(name !== undefined && named.has(`custom:${name}`))) return false;
    if (!namespaces || namespaces.length === 0) return true;
    return namespaces.some(
      (prefix) =>
        begins(namespace, prefix) && (typeof depth !== 'number' || namespace.length - prefix.length <= depth),
    );
  };
}

function nameIn(data: object): string | undefined {
  const name: unknown = 'name' in data ? data.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** A segment without a task stands for every task of that node. */
function begins(namespace: readonly string[], prefix: readonly string[]): boolean {
  return (
    prefix.length <= namespace.length &&
    prefix.every((segment, i) => {
      const given = namespace[i] ?? '';
      return given === segment || (!segment.includes(':') && given.split(':')[0] === segment);
    })
  );
}
