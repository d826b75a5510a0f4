/**
 * One Listen stream. For each target: ADD, its documents, CURRENT; then NO_CHANGE without target ids, whose read time tells
 * the client that everything up to it has been said. After each commit that concerns a target: changes, then NO_CHANGE.
 */
import { toTimestamp } from '../clock.ts';
import type { Core } from '../core.ts';
import { STATUS_CODES, invalid, toStatus } from '../status.ts';
import { toDocument } from '../store/document.ts';
import type { Caller, Fail, ListenRequest, ListenResponse, Send, ServerStream, Target } from '../types.ts';
import type { Change, Commit } from '../write/change.ts';
import { bloomFilterOf } from './bloom-filter.ts';
import type { Subscriber } from './hub.ts';
import { openTarget } from './target.ts';
import type { OpenTarget } from './target.ts';
import { makeToken, resumptionOf } from './token.ts';
import type { Effect } from './watch.ts';
import { placesOf } from './watch.ts';

export class ListenStream implements ServerStream<ListenRequest>, Subscriber {
  readonly #core: Core;
  readonly #caller: Caller;
  readonly #send: Send<ListenResponse>;
  readonly #fail: Fail;
  readonly #targets = new Map<number, OpenTarget>();
  #closed = false;
  #nextId = 0x4000_0000; // for targets that the client leaves to us to number

  constructor(core: Core, caller: Caller, send: Send<ListenResponse>, fail: Fail) {
    this.#core = core;
    this.#caller = caller;
    this.#send = send;
    this.#fail = fail;
  }

  receive(request: ListenRequest): void {
    if (this.#closed) return;
    try {
      if (request.addTarget) this.#add(request.database, request.addTarget);
      else if (request.removeTarget !== undefined) this.#remove(request.removeTarget);
      else throw invalid('A listen request must add or remove a target.');
    } catch (error) {
      this.close();
      this.#fail(error);
    }
  }

  close(): void {
    this.#closed = true;
    for (const id of this.#targets.keys()) this.#forget(id);
  }

  notify(changes: readonly Change[], commit: Commit): void {
    try {
      this.#deliver(changes, commit);
    } catch (error) {
      this.close();
      this.#fail(error);
    }
  }

  #deliver(changes: readonly Change[], commit: Commit): void {
    const perDocument = new Map<string, { set: number[]; gone: number[]; effect: Effect }>();
    for (const [id, target] of this.#targets) {
      const mine = changes.filter((change) => placesOf(change).some((p) => target.watch.places.includes(p)));
      if (mine.length === 0) continue;
      for (const effect of this.#effects(id, target, mine, commit)) {
        const name = nameOf(effect);
        const entry = perDocument.get(name) ?? { set: [], gone: [], effect };
        (effect.kind === 'set' ? entry.set : entry.gone).push(id);
        perDocument.set(name, entry.effect.kind === 'set' ? entry : { ...entry, effect });
      }
    }
    for (const { effect, set, gone } of perDocument.values()) this.#tell(effect, set, gone, commit.time);
    if (perDocument.size > 0) this.#snapshot(commit.time);
  }

  #effects(id: number, target: OpenTarget, changes: readonly Change[], commit: Commit): readonly Effect[] {
    try {
      const effects = target.watch.apply(changes, commit);
      if (target.watch.places[0]?.startsWith('doc ') !== true) this.#bill(target, effects);
      return effects;
    } catch (error) {
      this.#refuse(id, error);
      return [];
    }
  }

  #add(database: string | undefined, target: Target): void {
    const id = target.targetId !== undefined && target.targetId !== 0 ? target.targetId : (this.#nextId += 2);
    const core = this.#core;
    const time = core.clock.readTime();
    this.#forget(id);
    this.#change('ADD', [id]);
    try {
      const open = openTarget(core, this.#caller, database, target, resumptionOf(core, target), time);
      const { watch, resumption } = open;
      const { effects, count, names } = watch.begin(resumption, time);
      if (resumption.kind === 'reset') this.#change('RESET', [id]);
      for (const effect of effects) {
        this.#tell(effect, effect.kind === 'set' ? [id] : [], effect.kind === 'set' ? [] : [id], time);
      }
      if (count !== undefined) {
        const unchangedNames = names && bloomFilterOf(names);
        this.#send({ filter: { targetId: id, count, ...(unchangedNames && { unchangedNames }) } });
      }
      if (watch.places[0]?.startsWith('doc ') !== true) this.#bill(open, effects, 1);
      this.#change('CURRENT', [id], time);
      this.#snapshot(time);
      if (target.once === true) {
        this.#change('REMOVE', [id]);
        return;
      }
      this.#targets.set(id, open);
      core.hub.subscribe(watch.places, this);
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  #remove(id: number): void {
    this.#forget(id);
    this.#change('REMOVE', [id]);
  }

  #forget(id: number): void {
    const target = this.#targets.get(id);
    if (!target) return;
    this.#targets.delete(id);
    const stillWanted = new Set([...this.#targets.values()].flatMap(({ watch }) => watch.places));
    this.#core.hub.unsubscribe(
      target.watch.places.filter((place) => !stillWanted.has(place)),
      this,
    );
  }

  #refuse(id: number, error: unknown): void {
    this.#forget(id);
    const { code, message } = toStatus(error);
    this.#send({ targetChange: { targetChangeType: 'REMOVE', targetIds: [id], cause: { code, message } } });
    if (code === STATUS_CODES.INTERNAL) {
      this.close();
      this.#fail(error);
    }
  }

  /** A listener pays a read for each document delivered; a query that finds nothing costs one. */
  #bill({ collection }: OpenTarget, effects: readonly Effect[], atLeast = 0): void {
    const delivered = effects.filter(({ kind }) => kind === 'set').length;
    this.#core.usage.count('reads', collection, Math.max(delivered, atLeast));
  }

  #tell(effect: Effect, targetIds: number[], removedTargetIds: number[], time: number): void {
    if (effect.kind === 'delete') {
      const ids = removedTargetIds;
      this.#send({
        documentDelete: { document: effect.name, removedTargetIds: ids, readTime: toTimestamp(time) },
      });
    } else {
      this.#send({ documentChange: { document: toDocument(effect.document), targetIds, removedTargetIds } });
    }
  }

  #snapshot(time: number): void {
    this.#change('NO_CHANGE', [], time);
  }

  #change(
    targetChangeType: 'ADD' | 'REMOVE' | 'CURRENT' | 'RESET' | 'NO_CHANGE',
    targetIds: number[],
    time?: number,
  ): void {
    const at = time !== undefined && {
      readTime: toTimestamp(time),
      resumeToken: makeToken(this.#core.store.epoch, time),
    };
    this.#send({ targetChange: { targetChangeType, targetIds, ...at } });
  }
}

const nameOf = (effect: Effect): string => (effect.kind === 'delete' ? effect.name : effect.document.name);
