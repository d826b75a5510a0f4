/** The Listen protocol itself: order of responses, resumption, refusals. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../engine.ts';
import type { Engine } from '../engine.ts';
import { StatusError } from '../status.ts';
import { ADMIN } from '../types.ts';
import type { Authorizer, Caller, Fields, ListenResponse, StructuredQuery, Target } from '../types.ts';

const database = 'projects/p/databases/(default)';
const root = `${database}/documents`;
const all: StructuredQuery = { from: [{ collectionId: 'c' }] };
const positive: StructuredQuery = {
  ...all,
  where: { fieldFilter: { field: { fieldPath: 'n' }, op: 'GREATER_THAN', value: { integerValue: '0' } } },
};
const firstTwo: StructuredQuery = { ...all, limit: { value: 2 } };

const n = (value: number): Fields => ({ n: { integerValue: String(value) } });
const set = (engine: Engine, path: string, fields: Fields): Promise<unknown> =>
  engine.api.commit({ database, writes: [{ update: { name: `${root}/${path}`, fields } }] }, ADMIN);
const remove = (engine: Engine, path: string): Promise<unknown> =>
  engine.api.commit({ database, writes: [{ delete: `${root}/${path}` }] }, ADMIN);

/** Responses in short: `ADD 1`, `set c/a 1`, `leave c/a 1`, `delete c/a 1`, `filter 3`, `snapshot`. */
function short(response: ListenResponse): string {
  const { targetChange, documentChange, documentDelete, filter } = response;
  if (targetChange) {
    const { targetChangeType: type, targetIds, cause } = targetChange;
    if (type === 'NO_CHANGE') return 'snapshot';
    return `${type} ${targetIds.join()}${cause ? ` ${String(cause.code)}` : ''}`;
  }
  if (documentChange) {
    const { document, targetIds, removedTargetIds } = documentChange;
    const path = document.name.slice(root.length + 1);
    return targetIds.length > 0
      ? `set ${path} ${targetIds.join()}`
      : `leave ${path} ${removedTargetIds.join()}`;
  }
  if (documentDelete) {
    return `delete ${documentDelete.document.slice(root.length + 1)} ${documentDelete.removedTargetIds.join()}`;
  }
  return filter ? `filter ${String(filter.count)}` : 'unknown';
}

interface Listening {
  readonly seen: string[];
  readonly token: () => Uint8Array;
  add(target: Target): void;
  remove(targetId: number): void;
  close(): void;
}

function listen(engine: Engine, caller: Caller = ADMIN): Listening {
  const seen: string[] = [];
  let token: Uint8Array = new Uint8Array();
  const stream = engine.api.listen(
    caller,
    (response) => {
      seen.push(short(response));
      token = response.targetChange?.resumeToken ?? token;
    },
    (error) => seen.push(`failed ${String(error)}`),
  );
  onTestFinished(() => stream.close());
  return {
    seen,
    token: () => token,
    add: (addTarget) => stream.receive({ database, addTarget }),
    remove: (removeTarget) => stream.receive({ database, removeTarget }),
    close: () => stream.close(),
  };
}

const query = (structuredQuery: StructuredQuery, targetId = 1): Target => ({
  targetId,
  query: { parent: root, structuredQuery },
});

function engineFor(file?: string, authorizer?: Authorizer): Engine {
  const engine = createEngine({ ...(file !== undefined && { file }), ...(authorizer && { authorizer }) });
  onTestFinished(() => engine.close());
  return engine;
}

describe('order of responses', () => {
  test('ADD, documents, CURRENT, snapshot; then changes and a snapshot per commit', async () => {
    const engine = engineFor();
    await set(engine, 'c/a', n(1));
    const { add, seen, remove: removeTarget } = listen(engine);
    add(query(positive));
    expect(seen.splice(0)).toEqual(['ADD 1', 'set c/a 1', 'CURRENT 1', 'snapshot']);
    await set(engine, 'c/a', n(2));
    await set(engine, 'c/a', n(0));
    await set(engine, 'elsewhere/a', n(1));
    await set(engine, 'c/a', n(1));
    await remove(engine, 'c/a');
    expect(seen.splice(0)).toEqual([
      'set c/a 1',
      'snapshot',
      'leave c/a 1',
      'snapshot',
      'set c/a 1',
      'snapshot',
      'delete c/a 1',
      'snapshot',
    ]);
    removeTarget(1);
    await set(engine, 'c/a', n(1));
    expect(seen).toEqual(['REMOVE 1']);
  });

  test('a missing document is deleted from the start; several targets share a change', async () => {
    const engine = engineFor();
    const { add, seen } = listen(engine);
    add({ targetId: 1, documents: { documents: [`${root}/c/a`] } });
    expect(seen.splice(0)).toEqual(['ADD 1', 'delete c/a 1', 'CURRENT 1', 'snapshot']);
    add(query(positive, 3));
    seen.splice(0);
    await set(engine, 'c/a', n(1));
    expect(seen).toEqual(['set c/a 1,3', 'snapshot']);
  });
});

describe('resumption', () => {
  test('only differences are sent, with a count to check', async () => {
    const engine = engineFor();
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => set(engine, `c/${id}`, n(1))));
    const first = listen(engine);
    first.add(query(positive));
    first.close();
    await set(engine, 'c/b', n(5));
    await set(engine, 'c/c', n(0));
    await remove(engine, 'c/d');
    await set(engine, 'c/e', n(1));
    const second = listen(engine);
    second.add({ ...query(positive), resumeToken: first.token() });
    expect(second.seen).toEqual([
      'ADD 1',
      'set c/e 1',
      'set c/b 1',
      'delete c/d 1',
      'leave c/c 1',
      'filter 3',
      'CURRENT 1',
      'snapshot',
    ]);
  });

  test('a limited query resumes with what left and what filled in', async () => {
    const engine = engineFor();
    await Promise.all(['a', 'b', 'c'].map((id) => set(engine, `c/${id}`, n(1))));
    const first = listen(engine);
    first.add(query(firstTwo));
    first.close();
    await remove(engine, 'c/a');
    const second = listen(engine);
    second.add({ ...query(firstTwo), resumeToken: first.token() });
    expect(second.seen).toEqual(['ADD 1', 'delete c/a 1', 'set c/c 1', 'filter 2', 'CURRENT 1', 'snapshot']);
  });

  test('after a restart: newer documents and a count; a limited query starts over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'listen-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'db.sqlite');
    const engine = createEngine({ file });
    await Promise.all(['a', 'b', 'c'].map((id) => set(engine, `c/${id}`, n(1))));
    const first = listen(engine);
    first.add(query(positive));
    await set(engine, 'c/a', n(2));
    const token = first.token();
    await set(engine, 'c/b', n(2));
    await remove(engine, 'c/c');
    engine.close();
    const restarted = engineFor(file);
    const second = listen(restarted);
    second.add({ ...query(positive), resumeToken: token });
    expect(second.seen.splice(0)).toEqual(['ADD 1', 'set c/b 1', 'filter 2', 'CURRENT 1', 'snapshot']);
    second.add({ ...query(firstTwo, 3), resumeToken: token });
    expect(second.seen).toEqual(['ADD 3', 'RESET 3', 'set c/a 3', 'set c/b 3', 'CURRENT 3', 'snapshot']);
  });

  test('a token of another database is worthless', async () => {
    const first = listen(engineFor());
    first.add(query(all));
    const other = engineFor();
    await set(other, 'c/a', n(1));
    const second = listen(other);
    second.add({ ...query(all), resumeToken: first.token() });
    expect(second.seen).toEqual(['ADD 1', 'RESET 1', 'set c/a 1', 'CURRENT 1', 'snapshot']);
  });
});

describe('refusals', () => {
  const refuse = (): never => {
    throw new StatusError('PERMISSION_DENIED', 'no');
  };
  const anonymous: Caller = { kind: 'anonymous' };

  test('a denied target is removed with its cause; the stream lives on', () => {
    const engine = engineFor(undefined, { get: () => undefined, list: refuse, write: refuse });
    const { add, seen } = listen(engine, anonymous);
    add(query(all));
    add({ targetId: 3, documents: { documents: [`${root}/c/a`] } });
    expect(seen).toEqual(['ADD 1', 'REMOVE 1 7', 'ADD 3', 'delete c/a 3', 'CURRENT 3', 'snapshot']);
  });

  test('a document that the rules hide after a change is removed', async () => {
    const engine = engineFor(undefined, {
      get: (_caller, _name, document) => void (document?.fields?.['secret'] && refuse()),
      list: refuse,
      write: refuse,
    });
    const { add, seen } = listen(engine, anonymous);
    add({ targetId: 3, documents: { documents: [`${root}/c/a`] } });
    await set(engine, 'c/a', n(1));
    seen.splice(0);
    await set(engine, 'c/a', { secret: { booleanValue: true } });
    await set(engine, 'c/a', n(2));
    expect(seen).toEqual(['REMOVE 3 7']);
  });

  test.each<[string, Target]>([
    ['neither query nor documents', {}],
    ['no documents', { documents: {} }],
    ['a query without a collection', query({})],
    ['another database', { query: { parent: 'projects/q/databases/d/documents', structuredQuery: all } }],
    ['a malformed name', { documents: { documents: ['nonsense'] } }],
    ['an offset', query({ ...all, offset: 1 })],
  ])('%s: INVALID_ARGUMENT', (_, target) => {
    const { add, seen } = listen(engineFor());
    add({ ...target, targetId: 5 });
    expect(seen).toEqual(['ADD 5', 'REMOVE 5 3']);
  });
});
