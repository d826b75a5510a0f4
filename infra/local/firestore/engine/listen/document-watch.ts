import type { Core } from '../core.ts';
import { readDocument } from '../read/reading.ts';
import type { ReadScope } from '../read/reading.ts';
import type { Location } from '../store/document.ts';
import { toTimestamp } from '../clock.ts';
import type { Caller } from '../types.ts';
import type { Change, Commit } from '../write/change.ts';
import type { Resumption } from './token.ts';
import { documentPlace } from './watch.ts';
import type { Effect, InitialState, Watch } from './watch.ts';

/** Documents by name. Rules judge them again whenever they change. */
export class DocumentWatch implements Watch {
  readonly places: readonly string[];
  readonly #core: Core;
  readonly #caller: Caller;
  readonly #documents: readonly Location[];

  constructor(core: Core, caller: Caller, documents: readonly Location[]) {
    this.#core = core;
    this.#caller = caller;
    this.#documents = documents;
    this.places = documents.map(({ name }) => documentPlace(name));
  }

  begin(resumption: Resumption, time: number): InitialState {
    const effects = this.#documents.flatMap((at): Effect[] => {
      const document = readDocument(this.#scope(time), at);
      if (!document) return [{ kind: 'delete', name: at.name }];
      const isKnown = resumption.kind === 'since' && document.updated <= resumption.time;
      return isKnown ? [] : [{ kind: 'set', document }];
    });
    return { effects, count: undefined };
  }

  /** @throws StatusError PERMISSION_DENIED when the rules no longer allow it */
  apply(changes: readonly Change[], { time }: Commit): Effect[] {
    return changes.map(({ at }): Effect => {
      const document = readDocument(this.#scope(time), at);
      return document ? { kind: 'set', document } : { kind: 'delete', name: at.name };
    });
  }

  #scope(time: number): ReadScope {
    return {
      core: this.#core,
      caller: this.#caller,
      time,
      readTime: toTimestamp(time),
      transaction: undefined,
      newTransaction: undefined,
    };
  }
}
