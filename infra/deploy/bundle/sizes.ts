import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { Metafile } from 'esbuild';

export interface Sizes {
  files: number;
  bytes: number;
  /** As a zip file: each file deflated by itself. */
  zipped: number;
  /** Bytes of our own code that each function loads before it listens, and of what it may load afterwards. */
  functions: { name: string; atStart: number; later: number }[];
}

const FUNCTION = /functions\/src\/http\/functions\/(\w+)\.ts$/;

export async function sizesOf(outdir: string, metafile: Metafile): Promise<Sizes> {
  const entries = await readdir(outdir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
  const outputs = Object.entries(metafile.outputs);
  const index = outputs.find(
    ([, { entryPoint }]) => entryPoint?.endsWith('functions/src/http/index.ts') === true,
  );
  return {
    files: files.length,
    bytes: sum(contents.map((content) => content.length)),
    zipped: sum(contents.map((content) => deflateRawSync(content).length)),
    functions: outputs.flatMap(([output, { entryPoint }]) => {
      const name = FUNCTION.exec(entryPoint ?? '')?.[1];
      if (name === undefined || index === undefined) return [];
      const start = new Set([
        ...loaded(metafile, index[0], ['import-statement']),
        ...loaded(metafile, output, ['import-statement']),
      ]);
      const all = loaded(metafile, output, ['import-statement', 'dynamic-import']);
      const bytes = (names: Iterable<string>) =>
        sum([...names].map((each) => metafile.outputs[each]?.bytes ?? 0));
      return [{ name, atStart: bytes(start), later: bytes([...all].filter((each) => !start.has(each))) }];
    }),
  };
}

/** An output and all that it imports in one of these ways. */
function loaded(metafile: Metafile, output: string, kinds: string[], seen = new Set<string>()): Set<string> {
  if (seen.has(output)) return seen;
  seen.add(output);
  for (const { path, kind, external } of metafile.outputs[output]?.imports ?? []) {
    if (external !== true && kinds.includes(kind)) loaded(metafile, path, kinds, seen);
  }
  return seen;
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
