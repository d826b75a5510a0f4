import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTrace } from './server.ts';
import { client, span } from './testing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each<[string, (file: string) => void]>([
  ['text', (file) => writeFileSync(file, 'no database\n'.repeat(1_000))],
  ['a database that is cut short', (file) => truncateSync(file, 8_192)],
])('%s in place of the database -> it is set aside, and traces begin anew', async (_, damage) => {
  const data = join(folder, 'trace.sqlite');
  const first = await startTrace({ data });
  for (let n = 1; n <= 40; n += 1) await client(first.url).patch(n, span('1', n), span('2', n));
  await first.close();
  damage(data);
  const server = await startTrace({ data });
  try {
    const api = client(server.url);
    expect((await api.get(1)).status).toBe(404);
    expect((await api.patch(1, span('1', 0))).status).toBe(200);
    expect(readdirSync(folder).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
  } finally {
    await server.close();
  }
});
