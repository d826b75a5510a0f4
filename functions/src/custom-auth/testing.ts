import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CustomAuth } from './custom-auth.ts';
import { processAuth } from './process-auth.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../http/index.ts', import.meta.url));
/** On a busy machine a process takes many seconds to start. Milliseconds. */
export const SLOW = 300_000;

export interface OpenAuth {
  auth: CustomAuth;
  folder: string;
  close(): Promise<void>;
}

/** Somebody's project with this auth module, and what the API asks it through: a real process. */
export async function openAuth(
  module: string | null,
  {
    callMs = SLOW,
    loadMs = SLOW,
    path = './auth.ts:auth',
  }: { callMs?: number; loadMs?: number; path?: string } = {},
): Promise<OpenAuth> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'auth-')));
  await symlink(MODULES, join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const config = { graphs: { agent: './agent.ts:graph' }, auth: { path } };
  await writeFile(join(folder, 'langgraph.json'), JSON.stringify(config));
  if (module !== null) await writeFile(join(folder, 'auth.ts'), module);
  const auth = processAuth({
    loadMs,
    callMs,
    program: [PROGRAM],
    env: {
      ...process.env,
      GOOGLE_CLOUD_PROJECT: 'demo-local',
      WORKER_URL: 'http://127.0.0.1:1/',
      LANGGRAPH_CONFIG: folder,
      GRAPH_LOAD_TIMEOUT_S: '300',
    },
  });
  return {
    auth,
    folder,
    close: async () => {
      auth.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
