import { foldLog, runFromDoc, runPath, type NewEvent, type Run } from '@longrun/shared';
import { memoryDocuments } from '../../../adapters/memory/documents.ts';
import type { Clock } from '../../../ports/clock.ts';
import { createRun } from '../../runs/create-run.ts';
import { nextEntry, RunStore } from '../../runs/run-store.ts';
import { Journal } from './journal.ts';

/** Time that passes only when a test lets it: whoever waits is called in order, and what follows from that ends first. */
class TestClock implements Clock {
  #now = Date.parse('2026-11-21T10:00:00Z');
  #timers: { due: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settled();
      const [next] = this.#timers.toSorted((a, b) => a.due - b.due);
      if (next === undefined || next.due > until) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
    }
    this.#now = until;
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export interface Held {
  clock: TestClock;
  store: RunStore;
  journal: Journal;
  /** The run as its document says. */
  document(): Promise<{ run: Run; wakeAt: number }>;
  /** How many commits wrote the document, and how many wrote an entry. */
  writes: { documents: number; entries: number };
  /** Throws at the next commit that this is given. */
  refuse: { next?: Error };
}

/** A run in the hands of a worker, on a storage that takes `latencyMs` for each commit. */
export async function held(latencyMs: number): Promise<Held> {
  const clock = new TestClock();
  const writes = { documents: 0, entries: 0 };
  const refuse: Held['refuse'] = {};
  let slow = false;
  const documents = memoryDocuments({
    before: async (call) => {
      if (!slow || !call.startsWith('commit')) return;
      await new Promise<void>((resolve) => clock.after(latencyMs, resolve));
      const error = refuse.next;
      delete refuse.next;
      if (error !== undefined) throw error;
    },
    after: async (call) => {
      if (!slow || !call.startsWith('commit')) return;
      if (call.includes(' create ')) writes.entries += 1;
      if (/ update \S+\/runs\/[^/ ]+( |$)/.test(call)) writes.documents += 1;
    },
  });
  const store = new RunStore({ documents, clock, ttlMs: 1_000 });
  const { run: created } = await createRun(store, { uid: 'ada', body: { assistant_id: 'a' } });
  const claim: NewEvent = { type: 'attempt.started', at: clock.now(), attempt: 1, worker: 'w' };
  const entry = nextEntry(created, [claim], 'w');
  const run = foldLog([...(await store.entriesAfter('ada', created.run_id, -1)), entry]);
  await store.tryAppend(entry, run, [store.documentWrite(run)]);
  slow = true;
  const journal = new Journal({ store, run, writer: 'w:1' });
  journal.open();
  return {
    clock,
    store,
    journal,
    writes,
    refuse,
    async document() {
      const [doc] = await documents.get([runPath('ada', run.run_id)]);
      if (doc === undefined) throw new Error('The run was removed.');
      return { run: runFromDoc(doc.fields), wakeAt: Date.parse(String(doc.fields['wake_at'])) };
    },
  };
}
