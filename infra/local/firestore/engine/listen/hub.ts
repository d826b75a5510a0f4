/** Brings each commit to the listeners that it may concern, and to no others. */
import type { Change, Commit } from '../write/change.ts';
import { placesOf } from './watch.ts';

export interface Subscriber {
  /** All changes of one commit at places that it subscribed to. Must not throw. */
  notify(changes: readonly Change[], commit: Commit): void;
}

export class Hub {
  readonly #places = new Map<string, Set<Subscriber>>();

  subscribe(places: readonly string[], subscriber: Subscriber): void {
    for (const place of places) {
      const set = this.#places.get(place);
      if (set) set.add(subscriber);
      else this.#places.set(place, new Set([subscriber]));
    }
  }

  unsubscribe(places: readonly string[], subscriber: Subscriber): void {
    for (const place of places) {
      const set = this.#places.get(place);
      set?.delete(subscriber);
      if (set?.size === 0) this.#places.delete(place);
    }
  }

  publish(commit: Commit): void {
    if (this.#places.size === 0) return;
    const concerned = new Map<Subscriber, Change[]>();
    for (const change of commit.changes) {
      const subscribers = new Set(placesOf(change).flatMap((place) => [...(this.#places.get(place) ?? [])]));
      for (const subscriber of subscribers) {
        const changes = concerned.get(subscriber);
        if (changes) changes.push(change);
        else concerned.set(subscriber, [change]);
      }
    }
    for (const [subscriber, changes] of concerned) subscriber.notify(changes, commit);
  }
}
