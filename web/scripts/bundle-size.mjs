/**
 * Fails when the page has grown beyond its limits. Run after `vite build`. Sizes are gzip bytes: what a newcomer
 * downloads before the page works, and what each heavy part adds when it is needed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const KB = 1_000;

/** By source file: the chunk and all it imports statically, without what the entry has already. */
const LIMITS = [
  { part: 'entry', source: 'index.html', limit: 130 * KB },
  { part: 'sign-in', source: 'src/lib/auth.ts', limit: 45 * KB },
  { part: 'Firestore', source: 'src/lib/live/firestore.ts', limit: 150 * KB },
  { part: 'Markdown', source: 'src/features/answer/markdown.tsx', limit: 60 * KB },
  { part: 'admin', source: 'src/pages/admin-page.tsx', limit: 30 * KB },
  { part: 'API keys', source: 'src/pages/keys-page.tsx', limit: 10 * KB },
  { part: 'waterfall', source: 'src/features/waterfall/run-waterfall.tsx', limit: 10 * KB },
];

const manifestFile = join(DIST, '.vite/manifest.json');
if (!existsSync(manifestFile)) {
  console.error('web/dist is missing: build the page first.');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));

function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`The build has no chunk for ${key}.`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const next of chunk.imports ?? []) filesOf(next, seen);
  return seen;
}

const entry = filesOf('index.html');
let failed = false;
for (const { part, source, limit } of LIMITS) {
  const files = [...filesOf(source)].filter((file) => source === 'index.html' || !entry.has(file));
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0);
  const over = bytes > limit;
  failed ||= over;
  console.log(
    `${over ? 'TOO LARGE' : 'ok'}  ${part}: ${(bytes / KB).toFixed(1)} of ${limit / KB} kB gzip, ${files.length} files`,
  );
}
process.exit(failed ? 1 : 0);
