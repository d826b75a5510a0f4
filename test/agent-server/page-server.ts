import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentType } from '../../infra/edge/content-types.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));
const WEB = fileURLToPath(new URL('../../web/package.json', import.meta.url));

export async function buildChat(outDir: string): Promise<void> {
  const vite = dirname(createRequire(WEB).resolve('vite/package.json'));
  const args = [join(vite, 'bin/vite.js'), 'build', PAGE, '--outDir', outDir, '--emptyOutDir'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The chat could not be built:\n${output}`);
}

/** Another origin than Longrun's, as a chat page of one's own is. */
export function serveFolder(folder: string): RequestListener {
  return (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost');
    const name = pathname === '/' ? 'index.html' : normalize(pathname);
    readFile(join(folder, name)).then(
      (body) => res.setHeader('content-type', contentType(name)).end(body),
      () => res.writeHead(404).end(),
    );
  };
}
