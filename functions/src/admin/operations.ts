import { randomUUID } from 'node:crypto';
import {
  ADMIN_ACTIONS,
  errorMessage,
  LongrunError,
  type AdminOperation,
  type AuditEntry,
} from '@longrun/shared';
import * as z from 'zod/mini';
import type { Clock } from '../ports/clock.ts';
import {
  CommitConflict,
  type Documents,
  type DocumentWrite,
  type StoredDocument,
} from '../ports/documents.ts';
import { log } from '../telemetry/log.ts';
import { auditWrite } from './audit.ts';
import { LOCKS, OPERATIONS } from './paths.ts';

/** How far a long action is. `state` is what the next step has to know; JSON. */
export type Step =
  | { kind: 'going'; state: unknown; progress: number; detail: string }
  | { kind: 'done' | 'failed'; detail: string };

/** One long action, made in steps of a few seconds, each by whichever process is asked how far it is. */
export interface LongAction {
  /** May be called again with the same state. Throws what may pass, so that it is tried again. */
  step(operation: { operation_id: string; target: string; state: unknown }): Promise<Step>;
}

export type LongActions = { [action in 'purge_cdn' | 'flush_cache']: LongAction };

/** How long a step may take; afterwards its process is taken to be dead. Milliseconds. */
const STEP_MS = 60_000;
/** What fails again and again is given up after so long without progress. Milliseconds. */
const PATIENCE_MS = 120_000;

const operationSchema = z.object({
  operation_id: z.string(),
  action: z.enum(ADMIN_ACTIONS),
  status: z.enum(['running', 'done', 'failed']),
  progress: z.number(),
  started_at: z.string(),
  finished_at: z.nullable(z.string()),
  detail: z.string(),
  by: z.object({ uid: z.string(), email: z.nullable(z.string()) }),
  target: z.string(),
  state: z.string(),
  /** Until when a process is at it. */
  busy_until: z.number(),
  holder: z.string(),
  moved_at: z.number(),
});
type Stored = z.infer<typeof operationSchema>;

/**
 * Long actions, kept in Firestore: any instance tells how far one is and goes on with it, whoever began. A function has no
 * processor between requests, so it is the page's asking that moves one on; what nobody asks for rests.
 */
export class Operations {
  readonly #documents: Documents;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #actions: LongActions;

  constructor(options: { documents: Documents; clock: Pick<Clock, 'now'>; actions: LongActions }) {
    this.#documents = options.documents;
    this.#clock = options.clock;
    this.#actions = options.actions;
  }

  /**
   * Begins an action, once its beginning is in the audit log, and makes its first step. Throws `conflict`, with the
   * operation's id, while one of its kind is going on.
   */
  async start(action: keyof LongActions, by: AuditEntry['by'], target: string): Promise<AdminOperation> {
    const operation_id = randomUUID();
    const now = this.#clock.now();
    const operation: Stored = {
      operation_id,
      action,
      status: 'running',
      progress: 0,
      started_at: new Date(now).toISOString(),
      finished_at: null,
      detail: 'It has begun.',
      by,
      target,
      state: 'null',
      busy_until: 0,
      holder: '',
      moved_at: now,
    };
    const writes: DocumentWrite[] = [
      { op: 'create', path: `${LOCKS}/${action}`, fields: { operation_id } },
      { op: 'create', path: `${OPERATIONS}/${operation_id}`, fields: { ...operation } },
      auditWrite({ operation_id, by, action, target }, 'started', now, ''),
    ];
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#documents.commit(writes);
        break;
      } catch (error) {
        if (!(error instanceof CommitConflict) || tries > 2) throw error;
        const other = await this.#goingOn(action);
        if (other?.operation_id === operation_id) break; // ours: only the acknowledgement was lost
        if (other === undefined) continue;
        const name = action === 'purge_cdn' ? 'purge' : 'flush';
        throw new LongrunError('conflict', `A ${name} is going on; wait until it has ended.`, {
          operation_id: other.operation_id,
        });
      }
    }
    return this.look(operation_id);
  }

  /** How far it is, after one more step if it can be made. Throws `not_found`. */
  async look(operationId: string): Promise<AdminOperation> {
    const found = await this.#read(operationId);
    if (found === undefined) throw new LongrunError('not_found', 'There is no such operation.');
    return shown(await this.#advance(found));
  }

  /** Moves on whatever was begun and has not ended: its page may be closed. */
  async lookAtAll(): Promise<void> {
    const actions = Object.keys(this.#actions).filter((action) => isLongAction(action));
    for (const action of actions) {
      try {
        await this.#goingOn(action);
      } catch (error) {
        log.error('An operation could not be moved on.', error, { action });
      }
    }
  }

  /** The one that holds the lock after one more step; undefined when it is free, or just became so. */
  async #goingOn(action: keyof LongActions): Promise<Stored | undefined> {
    const [lock] = await this.#documents.get([`${LOCKS}/${action}`]);
    const id = lock?.fields['operation_id'];
    if (lock === undefined || typeof id !== 'string') return undefined;
    const found = await this.#read(id);
    if (found === undefined) {
      // Somebody removed the operation by hand: nobody would ever free its lock.
      await this.#documents.commit([{ op: 'delete', path: lock.path, version: lock.version }]);
      return undefined;
    }
    const operation = await this.#advance(found);
    return operation.status === 'running' ? operation : undefined;
  }

  async #read(id: string): Promise<{ operation: Stored; version: string } | undefined> {
    if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
    const [document] = await this.#documents.get([`${OPERATIONS}/${id}`]);
    return document === undefined ? undefined : parse(document);
  }

  /** One step by one process at a time: whoever else asks is told how far it was. */
  async #advance(found: { operation: Stored; version: string }): Promise<Stored> {
    const { operation } = found;
    const now = this.#clock.now();
    if (operation.status !== 'running' || operation.busy_until > now) return operation;
    if (!isLongAction(operation.action)) return operation;
    const holder = randomUUID();
    const path = `${OPERATIONS}/${operation.operation_id}`;
    try {
      const fields = { holder, busy_until: now + STEP_MS };
      await this.#documents.commit([{ op: 'update', path, fields, version: found.version }]);
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
      return operation;
    }
    const step = await this.#step(this.#actions[operation.action], operation);
    const held = await this.#read(operation.operation_id);
    if (held === undefined || held.operation.holder !== holder) return held?.operation ?? operation;
    return await this.#write(held, step);
  }

  async #step(action: LongAction, operation: Stored): Promise<Step> {
    try {
      return await action.step({ ...operation, state: JSON.parse(operation.state) as unknown });
    } catch (error) {
      const why = errorMessage(error);
      const { action, operation_id } = operation;
      log.warn('A step of an operation failed.', { action, operation_id, error: why });
      if (this.#clock.now() - operation.moved_at > PATIENCE_MS) return { kind: 'failed', detail: why };
      const { progress } = operation;
      const state: unknown = JSON.parse(operation.state);
      return { kind: 'going', state, progress, detail: `${why} It is tried again.` };
    }
  }

  async #write(held: { operation: Stored; version: string }, step: Step): Promise<Stored> {
    const { operation, version } = held;
    const now = this.#clock.now();
    const next: Stored =
      step.kind === 'going'
        ? {
            ...operation,
            state: JSON.stringify(step.state),
            progress: Math.min(99, Math.floor(step.progress)),
            detail: step.detail,
            busy_until: 0,
            moved_at: step.progress > operation.progress ? now : operation.moved_at,
          }
        : {
            ...operation,
            status: step.kind,
            progress: step.kind === 'done' ? 100 : operation.progress,
            detail: step.detail,
            finished_at: new Date(now).toISOString(),
            busy_until: 0,
          };
    const path = `${OPERATIONS}/${operation.operation_id}`;
    const writes: DocumentWrite[] = [{ op: 'update', path, fields: { ...next }, version }];
    if (step.kind !== 'going') {
      const outcome = step.kind === 'done' ? 'succeeded' : 'failed';
      writes.push(
        { op: 'delete', path: `${LOCKS}/${operation.action}` },
        auditWrite(operation, outcome, now, step.detail),
      );
      log.info('An operation has ended.', {
        action: operation.action,
        operation_id: operation.operation_id,
        outcome,
      });
    }
    try {
      await this.#documents.commit(writes);
      return next;
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
      return (await this.#read(operation.operation_id))?.operation ?? operation;
    }
  }
}

function isLongAction(action: string): action is keyof LongActions {
  return action === 'purge_cdn' || action === 'flush_cache';
}

function parse({ fields, version }: StoredDocument): { operation: Stored; version: string } {
  return { operation: z.parse(operationSchema, fields), version };
}

function shown(operation: Stored): AdminOperation {
  const { operation_id, action, status, progress, started_at, finished_at, detail } = operation;
  return { operation_id, action, status, progress, started_at, finished_at, detail };
}
