import {
  foldLog,
  LongrunError,
  runFromDoc,
  runPath,
  threadPath,
  type CreateRun,
  type Run,
} from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { memoryDocuments } from '../../adapters/memory/documents.ts';
import { systemClock } from '../../ports/clock.ts';
import { createRun } from './create-run.ts';
import { earlierRequestHash } from './request-hash.ts';
import { RunStore } from './run-store.ts';

const UID = 'ada';

function office() {
  const documents = memoryDocuments();
  const store = new RunStore({ documents, clock: systemClock, ttlMs: 1_000 });
  const create = (body: Partial<CreateRun>) =>
    createRun(store, { uid: UID, body: { assistant_id: 'a', ...body } });
  /** As the document has it; throws when the log says something else. */
  const stored = async ({ run_id }: Run): Promise<Run> => {
    const [doc] = await documents.get([runPath(UID, run_id)]);
    const run = runFromDoc(doc?.fields ?? {});
    expect(run).toEqual(foldLog(await store.entriesAfter(UID, run_id, -1)));
    return run;
  };
  return { documents, store, create, stored };
}

test('a run that an earlier version stored is still the same run for the same request', async () => {
  const { documents, create } = office();
  const body = { run_id: 'r', input: { b: 1, a: 2 }, webhook: 'https://example.org/' };
  const { run } = await create(body);
  const request_hash = earlierRequestHash(null, { assistant_id: 'a', ...body });
  await documents.commit([{ op: 'update', path: runPath(UID, 'r'), fields: { request_hash } }]);
  expect(await create(body)).toMatchObject({ run, created: false });
  await expect(create({ ...body, input: 1 })).rejects.toMatchObject({ code: 'idempotency_conflict' });
});

describe('what a request asks for is in the run', () => {
  test.each<Partial<CreateRun>>([
    { context: { tenant: 'acme', nested: [[1]], __x__: true } },
    { interrupt_before: '*' },
    { interrupt_before: ['plan', 'act'], interrupt_after: ['act'] },
    { interrupt_after: [] },
    { config: { max_concurrency: 2, tags: ['mine'] } },
  ])('%j', async (body) => {
    const { create, stored } = office();
    expect(await stored((await create(body)).run)).toMatchObject(body);
  });

  test('a request that names none of them -> null', async () => {
    const { create, stored } = office();
    expect(await stored((await create({})).run)).toMatchObject({
      context: null,
      interrupt_before: null,
      interrupt_after: null,
    });
  });

  test('context counts into the limit of config and metadata', async () => {
    const { create } = office();
    const half = { text: 'x'.repeat(40_000) };
    await expect(create({ context: half, metadata: half })).rejects.toThrow(LongrunError);
    await create({ context: half });
  });
});

test('60 runs that are to wait on one thread at once -> each is created, and waits once', async () => {
  const { create, documents } = office();
  const body = { thread_id: 't', multitask_strategy: 'enqueue' as const };
  const made = await Promise.all(Array.from({ length: 60 }, () => create(body)));
  expect(made.every(({ created }) => created)).toBe(true);
  const [thread] = await documents.get([threadPath(UID, 't')]);
  const waiting = made.filter(({ run }) => run.queued).map(({ run }) => run.run_id);
  expect(waiting).toHaveLength(59);
  expect(thread?.fields['queue']).toHaveLength(59);
});
