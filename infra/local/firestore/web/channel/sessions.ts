import { randomBytes } from 'node:crypto';
import { StatusError } from '../../engine/status.ts';
import type { Limits } from '../limits.ts';
import { Session } from './session.ts';

/** All sessions of a server, by their unguessable id. */
export class Sessions {
  readonly #limits: Limits;
  readonly #open = new Map<string, Session>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  create(): Session {
    if (this.#open.size >= this.#limits.sessions) {
      throw new StatusError(
        'RESOURCE_EXHAUSTED',
        `more than ${String(this.#limits.sessions)} sessions are open`,
      );
    }
    const id = randomBytes(18).toString('base64url');
    const session = new Session(id, this.#limits, () => this.#open.delete(id));
    this.#open.set(id, session);
    return session;
  }

  find(id: string): Session | undefined {
    return this.#open.get(id);
  }

  closeAll(): void {
    for (const session of this.#open.values()) session.close();
  }
}
