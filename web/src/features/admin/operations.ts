import { errorMessage, type AdminAction, type AdminOperation, type AuditEntry } from '@longrun/shared';
import { ApiError } from '../../lib/api.ts';
import type { Services } from '../../lib/services.ts';
import { createStore } from '../../lib/store.ts';
import { adminCalls, type AdminCalls } from './calls.ts';

export interface Following {
  operation: AdminOperation;
  /** Why it cannot be asked about at the moment; null when it can. */
  trouble: string | null;
}

const EVERY_MS = 700;
/** Those that go on after they were asked for; the others are done when they are answered. */
const LONG: ReadonlySet<AdminAction> = new Set(['purge_cdn', 'flush_cache']);
const TITLES: { [action in AdminAction]?: string } = { purge_cdn: 'CDN', flush_cache: 'Cache' };

/** The operations this page follows: to their end, wherever the admin goes meanwhile, and told by a toast. */
export class Operations {
  /** The latest of each action. */
  readonly latest = createStore<ReadonlyMap<AdminAction, Following>>(new Map());
  /** Counts starts and ends: then the audit log has a new line. */
  readonly changes = createStore(0);
  readonly #calls: AdminCalls;
  readonly #notices: Services['notices'];
  readonly #followed = new Set<string>();

  constructor(calls: AdminCalls, notices: Services['notices']) {
    this.#calls = calls;
    this.#notices = notices;
  }

  /** Begins one and follows it. When another one is running, follows that and throws why. */
  async start(begin: (calls: AdminCalls) => Promise<AdminOperation>): Promise<void> {
    try {
      this.#follow(await begin(this.#calls));
      this.changes.set((n) => n + 1);
    } catch (error) {
      const other = error instanceof ApiError && error.status === 409 ? operationIn(error.details) : null;
      if (other !== null) this.#follow(await this.#calls.operation(other));
      throw error;
    }
  }

  /** Follows what the log says was started and did not end. */
  find(entries: readonly AuditEntry[]): void {
    const ended = new Set(
      entries.filter(({ outcome }) => outcome !== 'started').map(({ operation_id: id }) => id),
    );
    for (const { operation_id: id, outcome, action } of entries) {
      if (!LONG.has(action)) continue;
      if (id !== null && outcome === 'started' && !ended.has(id) && !this.#followed.has(id))
        void this.#resume(id);
    }
  }

  async #resume(id: string): Promise<void> {
    this.#followed.add(id);
    try {
      const operation = await this.#calls.operation(id);
      // One that ended without a line in the log is no news.
      if (operation.status !== 'running') return;
      this.#show({ operation, trouble: null });
      await this.#toTheEnd(operation);
    } catch (error) {
      // The log is read again in a moment, and with it this is tried again; one that is not known stays so.
      if (!isUnknown(error)) this.#followed.delete(id);
    }
  }

  #follow(operation: AdminOperation): void {
    this.#show({ operation, trouble: null });
    if (this.#followed.has(operation.operation_id)) return;
    this.#followed.add(operation.operation_id);
    void this.#toTheEnd(operation);
  }

  async #toTheEnd(from: AdminOperation): Promise<void> {
    let now = from;
    while (now.status === 'running') {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      now = await this.#look(now);
    }
    this.#ended(now);
  }

  /** The operation as it is now; as it was when that cannot be asked. */
  async #look(before: AdminOperation): Promise<AdminOperation> {
    try {
      const operation = await this.#calls.operation(before.operation_id);
      this.#show({ operation, trouble: null });
      return operation;
    } catch (error) {
      if (isUnknown(error)) {
        const detail = 'It is not known any more: the server was restarted. See the audit log.';
        return { ...before, status: 'failed', detail };
      }
      this.#show({ operation: before, trouble: errorMessage(error) });
      return before;
    }
  }

  #ended(operation: AdminOperation): void {
    this.#show({ operation, trouble: null });
    this.changes.set((n) => n + 1);
    const what = TITLES[operation.action] ?? 'Operation';
    this.#notices.add({
      tone: operation.status === 'done' ? 'ok' : 'bad',
      title: operation.status === 'done' ? `${what}: done` : `${what}: failed`,
      text: operation.detail,
    });
  }

  #show(following: Following): void {
    this.latest.set((now) => new Map(now).set(following.operation.action, following));
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** The id of the operation that is running, in the details of a refusal. */
function operationIn(details: unknown): string | null {
  if (typeof details !== 'object' || details === null) return null;
  if ('operation_id' in details && typeof details.operation_id === 'string') return details.operation_id;
  return 'operation' in details ? operationIn(details.operation) : null;
}

const known = new WeakMap<Services, Operations>();

export function operationsOf(services: Services): Operations {
  const made = known.get(services) ?? new Operations(adminCalls(services.api), services.notices);
  known.set(services, made);
  return made;
}
