import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const CONFIG = fileURLToPath(new URL('page-build.config.ts', import.meta.url));

/** Builds the page as a version of its own, which says its name in `<html data-build>`. */
export async function buildPage(version: string, outDir: string): Promise<void> {
  const vite = dirname(createRequire(join(WEB, 'package.json')).resolve('vite/package.json'));
  const args = [join(vite, 'bin/vite.js'), 'build', '--config', CONFIG, '--outDir', outDir, '--emptyOutDir'];
  const child = spawn(process.execPath, args, {
    cwd: WEB,
    env: { ...process.env, NODE_ENV: 'production', PAGE_VERSION: version },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The page could not be built:\n${output}`);
}
