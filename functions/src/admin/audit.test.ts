import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ask } from '../../../infra/local/firestore/rules/testing.ts';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { CommitConflict } from '../ports/documents.ts';
import { audited, auditWrite, listAudit } from './audit.ts';
import { AUDIT, OPERATIONS } from './paths.ts';
import { handClock, recorded } from './testing.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ADA = { uid: 'ada', email: null };
const record = { by: ADA, action: 'grant_admin', target: 'bob' } as const;

function setUp() {
  const documents = memoryDocuments();
  const clock = handClock();
  const lines = async () =>
    (await listAudit(documents, { limit: 100 })).entries.map(({ outcome, detail }) =>
      `${outcome} ${detail}`.trim(),
    );
  return { documents, clock, lines };
}

describe('the audit log', () => {
  test('the beginning stands there before anything is done, then the end', async () => {
    const { documents, clock, lines } = setUp();
    const result = await audited({ documents, clock }, record, async () => {
      expect(await lines()).toEqual(['started']);
      clock.pass(1_000);
      return { result: 7, detail: 'as asked' };
    });
    expect(result).toBe(7);
    expect(await lines()).toEqual(['succeeded as asked', 'started']);
  });

  test('what fails is noted with its reason, and fails', async () => {
    const { documents, clock, lines } = setUp();
    const failing = audited({ documents, clock }, record, async () => {
      clock.pass(1);
      throw new Error('no such account');
    });
    await expect(failing).rejects.toThrow('no such account');
    expect(await lines()).toEqual(['failed no such account', 'started']);
  });

  test('within one millisecond the end still stands before the beginning', async () => {
    const { documents, clock, lines } = setUp();
    await audited({ documents, clock }, record, async () => ({ result: null, detail: '' }));
    expect(await lines()).toEqual(['succeeded', 'started']);
  });

  test('what is written with the beginning may refuse it: then nothing is done, and nothing noted', async () => {
    const { documents, clock, lines } = setUp();
    await documents.commit([{ op: 'create', path: 'a/b', fields: {} }]);
    let done = false;
    const refused = audited(
      { documents, clock },
      record,
      async () => {
        done = true;
        return { result: null, detail: '' };
      },
      { with: [{ op: 'create', path: 'a/b', fields: {} }] },
    );
    await expect(refused).rejects.toThrow(CommitConflict);
    expect(done).toBe(false);
    expect(await lines()).toEqual([]);
  });

  test('an action has one beginning and one end: a second one is refused by the store', async () => {
    const { documents } = setUp();
    const full = { ...record, operation_id: 'op' };
    await documents.commit([auditWrite(full, 'succeeded', 1, '')]);
    await expect(documents.commit([auditWrite(full, 'failed', 2, '')])).rejects.toThrow(CommitConflict);
  });

  test('lines are created and nothing else', async () => {
    const { documents, writes } = recorded(memoryDocuments());
    const context = { documents, clock: handClock() };
    await audited(context, record, async () => ({ result: null, detail: '' }));
    expect(writes.map(({ op }) => op)).toEqual(['create', 'create']);
  });

  test('only the log’s own file knows where the log is', () => {
    const folders = ['functions/src', 'infra/dev', 'infra/deploy', 'shared/src', 'web/src'];
    const files = folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(test|suite)\./.test(entry.name),
        )
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(files.length).toBeGreaterThan(200);
    const knowing = files.filter((file) => /\bAUDIT\b|admin\/state/.test(readFileSync(file, 'utf8')));
    expect(knowing.map((file) => relative(ROOT, file)).toSorted()).toEqual([
      'functions/src/admin/audit.ts',
      'functions/src/admin/paths.ts',
    ]);
  });

  test.each([`${AUDIT}/a`, `${OPERATIONS}/a`, 'admin/state'])(
    'no rule lets anyone at %s, whatever their claims',
    (path) => {
      const rules = readFileSync(join(ROOT, 'infra/firestore/firestore.rules'), 'utf8');
      for (const method of ['get', 'list', 'create', 'update', 'delete'] as const) {
        const question = { method, path, uid: 'ada', claims: { admin: true }, before: {}, after: {} };
        expect(ask(rules, question).allowed).toBe(false);
      }
    },
  );
});
