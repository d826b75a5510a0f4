import { initializeApp } from 'firebase/app';
import { doc, initializeFirestore, setDoc, terminate, type Firestore } from 'firebase/firestore';
import { encodeEntry, logEntryPath, runPath, type LogEntry } from '@longrun/shared';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startFirestore, type FirestoreServer } from '../../../../infra/local/firestore/server.ts';
import { createLive } from './firestore.ts';

/** The real SDK on an embedded Firestore. */
let server: FirestoreServer;
let db: Firestore;
beforeAll(async () => {
  server = await startFirestore();
  const app = initializeApp({ projectId: 'demo-local', apiKey: 'k' });
  db = initializeFirestore(app, { host: `127.0.0.1:${server.port}`, ssl: false });
});
afterAll(async () => {
  await terminate(db);
  await server.close();
});

const put = (path: string, fields: object) => setDoc(doc(db, path), fields);
const created: LogEntry['events'][number] = {
  seq: 1,
  at: 0,
  type: 'run.created',
  run_id: 'r',
  thread_id: 't',
  owner: 'ada',
  assistant_id: 'a',
  title: '',
  input: null,
  config: {},
  metadata: {},
};

it('what a watcher throws, or cannot be decoded, is told to that watcher; others go on', async () => {
  const live = createLive(db, 'ada');
  const errors: string[] = [];
  const heard: number[] = [];
  const failing = {
    next: () => {
      throw new Error('cannot be shown');
    },
    error: (error: Error) => void errors.push(error.message),
  };
  const entry = { n: 0, writer: 'w', nonce: '0', events: [created] };
  await put(logEntryPath('ada', 'r', 0), encodeEntry(entry));
  await put(runPath('ada', 'r'), { status: 'pending', created_at: new Date(0).toISOString() });
  const stops = [
    live.watchRun('r', failing),
    live.watchLog('r', -1, failing),
    live.watchRuns({}, failing),
    live.watchOlderActive(new Date().toISOString(), failing),
    live.watchThreads(failing),
  ];
  await vi.waitFor(() => expect(errors.length).toBeGreaterThanOrEqual(5), { timeout: 10_000 });
  stops.push(
    live.watchLog('r', -1, {
      next: (entries) => void heard.push(...entries.map(({ n }) => n)),
      error: (error) => void errors.push(`log: ${error.name}`),
    }),
  );
  await vi.waitFor(() => expect(heard).toEqual([0]), { timeout: 10_000 });
  await put(logEntryPath('ada', 'r', 1), { n: 1, body: 'no list' });
  await vi.waitFor(() => expect(errors.some((text) => text.startsWith('log: '))).toBe(true), {
    timeout: 10_000,
  });
  for (const stop of stops) stop();
});
