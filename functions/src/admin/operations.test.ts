import { describe, expect, test, vi } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { CdnError, type Cdn, type CdnPurge } from '../ports/cdn.ts';
import type { Cache, Flushed } from '../ports/cache.ts';
import { documentCache } from '../runtime/cache/document-cache.ts';
import { listAudit } from './audit.ts';
import { flushAction } from './flush.ts';
import { Operations, type LongActions } from './operations.ts';
import { LOCKS } from './paths.ts';
import { purgeAction } from './purge.ts';
import { handClock, recorded } from './testing.ts';

const ADA = { uid: 'ada', email: 'ada@example.org' };
const purging = (part: Partial<CdnPurge> = {}): CdnPurge => ({
  name: 'operation-1',
  done: false,
  progress: 0,
  error: null,
  ...part,
});

function setUp(
  options: {
    cdn?: Partial<Cdn>;
    cache?: Partial<Cache>;
    documents?: ReturnType<typeof memoryDocuments>;
  } = {},
) {
  const clock = handClock();
  const documents = options.documents ?? memoryDocuments();
  const cdn = {
    purge: vi.fn<Cdn['purge']>(options.cdn?.purge ?? (async () => purging())),
    look: vi.fn<Cdn['look']>(options.cdn?.look ?? (async () => purging({ done: true, progress: 100 }))),
  };
  const cache: Cache = { ...documentCache(documents), ...options.cache };
  const actions: LongActions = { purge_cdn: purgeAction(cdn), flush_cache: flushAction(cache, clock) };
  const open = () => new Operations({ documents, clock, actions });
  const audit = async () =>
    (await listAudit(documents, { limit: 100 })).entries.map(({ action, outcome, target }) => [
      action,
      outcome,
      target,
    ]);
  return { clock, documents, cdn, open, operations: open(), audit };
}

describe('B5: a purge', () => {
  test('start -> running, with its beginning in the log; look -> done, with its end', async () => {
    const { operations, audit, cdn } = setUp();
    const begun = await operations.start('purge_cdn', ADA, '/index.html');
    expect(begun).toMatchObject({ action: 'purge_cdn', status: 'running', progress: 0, finished_at: null });
    expect(cdn.purge.mock.calls).toEqual([['/index.html', begun.operation_id]]);
    expect(await audit()).toEqual([['purge_cdn', 'started', '/index.html']]);
    expect(await operations.look(begun.operation_id)).toMatchObject({
      status: 'done',
      progress: 100,
      finished_at: expect.any(String),
    });
    expect(await audit()).toEqual([
      ['purge_cdn', 'succeeded', '/index.html'],
      ['purge_cdn', 'started', '/index.html'],
    ]);
  });

  test('another process goes on where the first one was killed, and the log has one end', async () => {
    const { operations, open, audit, cdn } = setUp({
      cdn: {
        look: vi
          .fn<Cdn['look']>()
          .mockResolvedValueOnce(purging({ progress: 40 }))
          .mockResolvedValue(purging({ done: true })),
      },
    });
    const { operation_id } = await operations.start('purge_cdn', ADA, '/*');
    expect(await open().look(operation_id)).toMatchObject({ status: 'running', progress: 40 });
    const answers = await Promise.all([open().look(operation_id), open().look(operation_id)]);
    expect(answers.map(({ status }) => status)).toContain('done');
    expect(await open().look(operation_id)).toMatchObject({ status: 'done' });
    expect(cdn.purge).toHaveBeenCalledTimes(1);
    expect(await audit()).toHaveLength(2);
  });

  test('killed before the CDN answered -> asked again with the same request id', async () => {
    const purge = vi
      .fn<Cdn['purge']>()
      .mockReturnValueOnce(new Promise(() => undefined))
      .mockResolvedValue(purging());
    const { operations, open, clock, documents } = setUp({ cdn: { purge } });
    void operations.start('purge_cdn', ADA, '/*');
    await expect.poll(() => purge).toHaveBeenCalledTimes(1);
    const id = purge.mock.calls[0]?.[1] ?? '';
    expect(await open().look(id)).toMatchObject({ status: 'running' });
    expect(purge).toHaveBeenCalledTimes(1);
    clock.pass(61_000);
    await open().look(id);
    expect(purge.mock.calls[1]).toEqual(['/*', id]);
    expect((await documents.get([`${LOCKS}/purge_cdn`]))[0]).toBeDefined();
  });

  test('one at a time: a second one is told which is going on; when that has ended it may', async () => {
    const look = vi
      .fn<Cdn['look']>()
      .mockResolvedValueOnce(purging({ progress: 10 }))
      .mockResolvedValue(purging({ done: true }));
    const { operations, open } = setUp({ cdn: { look } });
    const first = await operations.start('purge_cdn', ADA, '/*');
    await expect(open().start('purge_cdn', ADA, '/*')).rejects.toMatchObject({
      code: 'conflict',
      details: { operation_id: first.operation_id },
    });
    const second = await open().start('purge_cdn', ADA, '/*');
    expect(second.operation_id).not.toBe(first.operation_id);
    expect(await operations.look(first.operation_id)).toMatchObject({ status: 'done' });
  });

  test('of many who start at once just one does, and the CDN is asked once', async () => {
    const { open, cdn, audit } = setUp({ cdn: { look: async () => purging() } });
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => open().start('purge_cdn', ADA, '/*')),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(cdn.purge).toHaveBeenCalledTimes(1);
    expect(await audit()).toHaveLength(1);
  });

  test('what the CDN refuses for good -> failed, with its reason, and the way is free', async () => {
    const purge = async () => {
      throw new CdnError('The permission is missing.', { retryable: false });
    };
    const { operations, audit } = setUp({ cdn: { purge } });
    expect(await operations.start('purge_cdn', ADA, '/*')).toMatchObject({
      status: 'failed',
      detail: 'The permission is missing.',
    });
    expect(await audit()).toEqual([
      ['purge_cdn', 'failed', '/*'],
      ['purge_cdn', 'started', '/*'],
    ]);
    expect(await operations.start('purge_cdn', ADA, '/*')).toMatchObject({ status: 'failed' });
  });

  test('what may pass is tried again at each look, for two minutes', async () => {
    const purge = async () => {
      throw new CdnError('no answer.', { retryable: true });
    };
    const { operations, clock } = setUp({ cdn: { purge } });
    const { operation_id, status, detail } = await operations.start('purge_cdn', ADA, '/*');
    expect({ status, detail }).toEqual({ status: 'running', detail: 'no answer. It is tried again.' });
    clock.pass(60_000);
    expect(await operations.look(operation_id)).toMatchObject({ status: 'running' });
    clock.pass(61_000);
    expect(await operations.look(operation_id)).toMatchObject({ status: 'failed', detail: 'no answer.' });
  });

  test('an operation that nobody knows -> not_found', async () => {
    const { operations } = setUp();
    for (const id of ['x', 'a/b', '00000000-0000-4000-8000-000000000000'])
      await expect(operations.look(id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('B6: a flush', () => {
  const parts = (...list: Flushed[]) => {
    const flush = vi.fn<Cache['flush']>();
    for (const part of list) flush.mockResolvedValueOnce(part);
    return flush;
  };

  test('goes on in the next step where its time was up, with progress', async () => {
    const flush = parts(
      { removed: 300, looked: 300, next: 'a' },
      { removed: 200, looked: 300, next: 'b' },
      { removed: 0, looked: 100, next: null },
    );
    const { operations, open, clock } = setUp({
      cache: {
        size: async () => 1_000,
        flush: async (from) => {
          clock.pass(2_500);
          return flush(from);
        },
      },
    });
    const begun = await operations.start('flush_cache', ADA, 'all');
    expect(begun).toMatchObject({ status: 'running', progress: 30 });
    expect(await open().look(begun.operation_id)).toMatchObject({ status: 'running', progress: 60 });
    expect(await open().look(begun.operation_id)).toMatchObject({
      status: 'done',
      progress: 100,
      detail: '500 cached results were removed.',
    });
    expect(flush.mock.calls.map(([from]) => from)).toEqual([null, 'a', 'b']);
  });

  test('a page that is closed: whoever reads the log next moves it on', async () => {
    const flush = parts({ removed: 1, looked: 1, next: 'a' }, { removed: 1, looked: 1, next: null });
    const { operations, open, clock, audit } = setUp({
      cache: {
        size: async () => 2,
        flush: async (from) => {
          clock.pass(2_500);
          return flush(from);
        },
      },
    });
    await operations.start('flush_cache', ADA, 'all');
    expect(await audit()).toHaveLength(1);
    await open().lookAtAll();
    expect(await audit()).toEqual([
      ['flush_cache', 'succeeded', 'all'],
      ['flush_cache', 'started', 'all'],
    ]);
  });
});

describe('an action whose audit entry cannot be written', () => {
  test('is not carried out', async () => {
    const { documents, writes } = recorded(memoryDocuments(), ({ path }) => path.includes('/audit/'));
    const { operations, cdn } = setUp({ documents });
    await expect(operations.start('purge_cdn', ADA, '/*')).rejects.toThrow();
    expect(cdn.purge).not.toHaveBeenCalled();
    expect(writes).toEqual([]);
  });
});
