import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { logEntryPath, runPath, threadPath, type Run } from '@longrun/shared';
import { describe, expect, it } from 'vitest';
import type { DocumentWrite } from '../../ports/documents.ts';
import { Lab, UID } from '../testing/lab.ts';
import { verifyRun, type Verified } from './verify-run.ts';

const State = Annotation.Root({
  seen: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
});
const graph = new StateGraph(State)
  .addNode('a', () => ({ seen: ['a'] }))
  .addNode('b', () => ({ seen: ['b'] }))
  .addEdge(START, 'a')
  .addEdge('a', 'b')
  .addEdge('b', END)
  .compile();

async function completed(): Promise<{ lab: Lab; run: Run }> {
  const lab = new Lab({ graph });
  const run = await lab.work(await lab.create({ thread_id: 't', input: { seen: [] } }));
  expect(run.status).toBe('completed');
  return { lab, run };
}

/** What is violated after somebody meddled with the storage. */
async function after(meddle: (run: Run, lab: Lab) => Promise<DocumentWrite[]>): Promise<string[]> {
  const { lab, run } = await completed();
  await lab.documents.commit(await meddle(run, lab));
  return violated(await verifyRun(lab.documents, run.run_id));
}

function violated(verified: Verified | null): string[] {
  return (verified?.findings ?? []).filter(({ violations }) => violations?.length !== 0).map(({ id }) => id);
}

async function checkpoints(lab: Lab): Promise<string[]> {
  const collection = `${threadPath(UID, 't')}/checkpoints`;
  const docs = await lab.documents.query({ collection, orderBy: [{ field: 'key', direction: 'asc' }] });
  return docs.map(({ path }) => path).filter((path) => !path.endsWith('!w'));
}

describe('verify-run', () => {
  it('a completed run: every invariant is checked, and holds', async () => {
    const { lab, run } = await completed();
    const verified = await verifyRun(lab.documents, run.run_id);
    expect(verified?.run).toMatchObject({ run_id: run.run_id, owner: UID, status: 'completed' });
    expect(violated(verified)).toEqual([]);
    expect(violated(await verifyRun(lab.documents, run.run_id, UID))).toEqual([]);
  });

  it('a document of a version that knew fewer fields: what it has is the fold', async () => {
    const { lab } = await completed();
    const run = await lab.work(await lab.create({ input: { seen: ['x'.repeat(100_000)] } }));
    expect(run.input_bytes).toBeGreaterThan(100_000);
    const [doc] = await lab.documents.get([runPath(UID, run.run_id)]);
    const { input_bytes: _, ...fields } = doc?.fields ?? {};
    await lab.documents.commit([{ op: 'set', path: runPath(UID, run.run_id), fields }]);
    expect(violated(await verifyRun(lab.documents, run.run_id))).toEqual([]);
    await lab.documents.commit([
      { op: 'set', path: runPath(UID, run.run_id), fields: { ...fields, input_bytes: null } },
    ]);
    expect(violated(await verifyRun(lab.documents, run.run_id))).toEqual(['document-is-fold']);
  });

  it('a run that nobody has, or not this user: null', async () => {
    const { lab, run } = await completed();
    expect(await verifyRun(lab.documents, 'nobody-has-it')).toBeNull();
    expect(await verifyRun(lab.documents, run.run_id, 'grace')).toBeNull();
  });

  it('finds a run among more runs than a page holds', async () => {
    const { lab, run } = await completed();
    const others = Array.from({ length: 400 }, (_, i) => String(i).padStart(3, '0'));
    await lab.documents.commit(
      others.map((id) => ({ op: 'set', path: runPath(`a${id}`, `run-${id}`), fields: { other: true } })),
    );
    expect(violated(await verifyRun(lab.documents, run.run_id))).toEqual([]);
  });

  it('an entry is gone: the log is not dense', async () => {
    const found = await after(async ({ run_id }) => [{ op: 'delete', path: logEntryPath(UID, run_id, 2) }]);
    expect(found).toEqual(expect.arrayContaining(['entries-dense', 'seq-dense', 'legal-life']));
  });

  it('a stored checkpoint is gone, or one is there that no entry reports', async () => {
    const gone = await after(async (_run, lab) =>
      (await checkpoints(lab)).slice(-1).map((path) => ({ op: 'delete', path })),
    );
    expect(gone).toEqual(['checkpoint-exists']);
    const { lab, run } = await completed();
    // Another run goes on from the first one's last checkpoint, and is not taken for it.
    await lab.work(await lab.create({ thread_id: 't', input: { seen: [] } }));
    expect(violated(await verifyRun(lab.documents, run.run_id))).toEqual([]);
    const entries = await lab.store.entriesAfter(UID, run.run_id, -1);
    const reported = entries.findLast(({ events }) => events.some(({ type }) => type === 'checkpoint'));
    const kept = reported?.events.filter(({ type }) => type !== 'checkpoint') ?? [];
    const path = logEntryPath(UID, run.run_id, reported?.n ?? -1);
    await lab.documents.commit([{ op: 'update', path, fields: { body: JSON.stringify(kept) } }]);
    expect(violated(await verifyRun(lab.documents, run.run_id))).toContain('checkpoint-reported');
  });

  it('the document says something else than the log', async () => {
    const found = await after(async ({ run_id }) => [
      { op: 'update', path: runPath(UID, run_id), fields: { steps_done: 9 } },
    ]);
    expect(found).toEqual(['document-is-fold']);
  });

  it('the thread is not let go', async () => {
    const found = await after(async ({ run_id }) => [
      { op: 'update', path: threadPath(UID, 't'), fields: { active_run_id: run_id } },
    ]);
    expect(found).toEqual(['thread-held']);
  });
});
