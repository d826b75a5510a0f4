import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { Firestore } from '@google-cloud/firestore';
import { runPath } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firestoreDocuments } from '../../functions/src/adapters/firestore/documents.ts';
import { Lab, UID } from '../../functions/src/runtime/testing/lab.ts';
import { startFirestore } from '../local/firestore/server.ts';

const State = Annotation.Root({ said: Annotation<string>() });
const graph = new StateGraph(State)
  .addNode('say', () => ({ said: 'done' }))
  .addEdge(START, 'say')
  .addEdge('say', END)
  .compile();

let data: string;
let lab: Lab;
let server: Awaited<ReturnType<typeof startFirestore>>;
let db: Firestore;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'verify-run-'));
  server = await startFirestore({});
  const address = `127.0.0.1:${server.port}`;
  await writeFile(
    join(data, 'addresses.json'),
    JSON.stringify({ firestore: `http://${address}`, project: 'demo-verify' }),
  );
  db = new Firestore({
    projectId: 'demo-verify',
    host: address,
    ssl: false,
    customHeaders: { Authorization: 'Bearer owner' },
  });
  lab = new Lab({ graph, documents: firestoreDocuments(db) });
});
afterAll(async () => {
  await db.terminate();
  await server.close();
  await rm(data, { recursive: true, force: true });
});

function verify(args: string[], folder = data): Promise<{ code: number; out: string; err: string }> {
  const { GOOGLE_CLOUD_PROJECT: _, ...others } = process.env;
  const env = { ...others, LONGRUN_DATA: folder, METADATA_SERVER_DETECTION: 'none' };
  return new Promise((resolve) => {
    const file = join(import.meta.dirname, 'verify-run.ts');
    execFile(process.execPath, [file, ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

describe('npm run verify-run', () => {
  test('all invariants hold: each is printed, code 0', async () => {
    const run = await lab.work(await lab.create({ input: { said: '' } }));
    const { code, out } = await verify([run.run_id]);
    expect(out).toContain(`Run ${run.run_id} of user ${UID}, graph lab: completed`);
    expect(out).toMatch(/^ok +entries-dense /m);
    expect(out).not.toMatch(/VIOLATED|unknown/);
    expect(code).toBe(0);
    expect((await verify([run.run_id, '--user', UID])).code).toBe(0);
  });

  test('one is violated: said which and why, code 1', async () => {
    const run = await lab.work(await lab.create({ input: { said: '' } }));
    await lab.documents.commit([{ op: 'update', path: runPath(UID, run.run_id), fields: { steps_done: 7 } }]);
    const { code, out } = await verify([run.run_id]);
    expect(out).toMatch(/^VIOLATED +document-is-fold .*\n +steps_done is 7 and should be 1$/m);
    expect(code).toBe(1);
  });

  test('no such run: code 2', async () => {
    expect(await verify(['nobody-has-it'])).toMatchObject({ code: 2, out: '' });
  });

  test('Longrun does not run, or arguments that make no sense: says what to do, code 1', async () => {
    const stopped = await verify(['some-run'], join(data, 'nothing-here'));
    expect(stopped).toMatchObject({ code: 1, out: '' });
    expect(stopped.err).toContain('npm start');
    const { code, err } = await verify(['a', 'b']);
    expect({ code, usage: err.includes('Usage') }).toEqual({ code: 1, usage: true });
  });
});
