import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@langchain/langgraph-sdk';
import { install } from '../../projects/install.ts';
import { NEWEST, ownPeer } from '../../projects/versions.ts';
import { freePort } from '../../support/ports.ts';
import { ServerProcess } from '../../support/process.ts';
import type { Subject } from '../checks/check.ts';

const GRAPHS = fileURLToPath(new URL('../graphs', import.meta.url));

/** LangChain's own development server: that of LANGGRAPH_PEER, a folder with its packages, or the newest. */
export async function startPeer(): Promise<Subject & { close(): Promise<void> }> {
  const packages = process.env['LANGGRAPH_PEER'] ?? (await install(ownPeer(NEWEST)));
  const folder = await mkdtemp(join(tmpdir(), 'longrun-contract-'));
  await cp(GRAPHS, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(packages, 'node_modules'), join(folder, 'node_modules'));
  const port = await freePort();
  const cli = join(packages, 'node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs');
  const config = join(folder, 'langgraph.json');
  const server = new ServerProcess({
    name: 'the server of LangChain',
    args: [cli, 'dev', '--no-browser', '--no-reload', '--port', String(port), '--config', config],
    port,
    cwd: folder,
    logFile: join(folder, 'log.txt'),
    env: () => ({}),
  });
  await server.start();
  const apiUrl = `http://localhost:${port}`;
  const client = new Client({ apiUrl, apiKey: null, callerOptions: { maxRetries: 0 } });
  return {
    client,
    apiUrl,
    headers: {},
    async close() {
      await server.kill('SIGTERM');
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
