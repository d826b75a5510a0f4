import type { DocumentReference, Transaction } from 'firebase/firestore';
import { describe, expect, test } from 'vitest';
import { bench, outcome } from './build.ts';
import type { Build } from './build.ts';

type Stage = (t: Transaction, target: DocumentReference) => unknown;
const STAGES = {
  get: (t, target) => t.get(target),
  set: (t, target) => t.set(target, { v: 'set' }),
  update: (t, target) => t.update(target, { v: 'update' }),
  delete: (t, target) => t.delete(target),
} satisfies Record<string, Stage>;

export function transactions(build: Build): void {
  describe('transactions', () => {
    const at = bench(build);
    const { doc, setDoc, getDocFromServer, runTransaction } = at.sdk;

    /** Runs the stages on a document that exists or not; tells the error, or what is there afterwards. */
    async function result(exists: boolean, stages: readonly (keyof typeof STAGES)[]): Promise<unknown> {
      const target = doc(at.own());
      if (exists) await setDoc(target, { v: 'before' });
      const code = await outcome(
        runTransaction(at.db, async (t) => {
          for (const stage of stages) await STAGES[stage](t, target);
        }),
      );
      return code === 'done' ? ((await getDocFromServer(target)).data()?.['v'] ?? 'nothing') : code;
    }

    test.each<[exists: boolean, stages: (keyof typeof STAGES)[], outcome: string]>([
      [true, ['get', 'delete', 'delete'], 'nothing'],
      [true, ['get', 'delete', 'update'], 'invalid-argument'],
      [true, ['get', 'delete', 'set'], 'set'],
      [true, ['get', 'update', 'delete'], 'nothing'],
      [true, ['get', 'update', 'set'], 'set'],
      [true, ['get', 'set', 'update'], 'update'],
      [false, ['get', 'delete', 'delete'], 'nothing'],
      [false, ['get', 'delete', 'set'], 'set'],
      [false, ['get', 'update'], 'invalid-argument'],
      [false, ['get', 'set', 'delete'], 'nothing'],
      [false, ['get', 'set', 'update'], 'update'],
      [true, ['delete', 'update'], 'invalid-argument'],
      [true, ['update', 'set'], 'set'],
      [true, ['set', 'delete'], 'nothing'],
      [false, ['update', 'delete'], 'not-found'],
      [false, ['update', 'set'], 'not-found'],
      [false, ['set', 'update'], 'update'],
      [false, ['delete', 'delete'], 'nothing'],
    ])('the document exists: %s; %j: %s', async (exists, stages, expected) => {
      expect(await result(exists, stages)).toBe(expected);
    });

    test('three at once all count', async () => {
      const target = doc(at.own());
      await setDoc(target, { count: 5 });
      let started = 0;
      const gate = Promise.withResolvers<void>();
      const increment = (): Promise<void> =>
        runTransaction(at.db, async (t) => {
          const count = Number((await t.get(target)).get('count'));
          started += 1;
          if (started === 3) gate.resolve();
          await gate.promise;
          t.update(target, { count: count + 1 });
        });
      await Promise.all([increment(), increment(), increment()]);
      expect((await getDocFromServer(target)).get('count')).toBe(8);
      expect(started).toBeGreaterThan(3);
    });

    test('a document that was only read, and changed, makes it run again', async () => {
      const [read, written] = [doc(at.own()), doc(at.own())];
      await setDoc(read, { count: 15 });
      let tries = 0;
      await runTransaction(at.db, async (t) => {
        tries += 1;
        await t.get(read);
        await setDoc(doc(at.other, read.path), { count: 1234 }); // the second time this changes nothing
        t.set(written, { count: 16 });
      });
      expect(tries).toBe(2);
    });

    test('it gives up after as many attempts as allowed', async () => {
      const target = doc(at.own());
      let tries = 0;
      const pending = runTransaction(
        at.db,
        async (t) => {
          tries += 1;
          await t.get(target);
          await setDoc(doc(at.other, target.path), { tries });
          t.set(target, { mine: true });
        },
        { maxAttempts: 2 },
      );
      expect(await outcome(pending)).toMatch(/^(?:failed-precondition|already-exists|aborted)$/);
      expect([tries, (await getDocFromServer(target)).data()]).toEqual([2, { tries: 2 }]);
    });
  });
}
