import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivate } from './private.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('what was open to others is mended; what a link names is not touched', () => {
  const [inner, outside] = [join(folder, 'in', 'ner'), join(folder, 'outside')];
  mkdirSync(inner, { recursive: true, mode: 0o755 });
  writeFileSync(join(inner, 'file'), '');
  writeFileSync(outside, '');
  symlinkSync(outside, join(inner, 'link'));
  for (const [path, mode] of [
    [join(inner, 'file'), 0o664],
    [inner, 0o755],
    [join(folder, 'in'), 0o777],
    [outside, 0o644],
  ] as const)
    chmodSync(path, mode);
  makePrivate(join(folder, 'in'));
  makePrivate(join(folder, 'not there'));
  expect([join(folder, 'in'), inner, join(inner, 'file'), outside].map(modeOf)).toEqual([
    '700',
    '700',
    '600',
    '644',
  ]);
});

test.each(['firestore', 'tasks', 'identity', 'trace'])(
  '%s: database and log are the owner’s, old ones too',
  async (name) => {
    const data = join(folder, `${name}.sqlite`);
    const start = async (): Promise<void> => {
      const program = join(import.meta.dirname, '..', name, 'main.ts');
      const child = spawn(process.execPath, [program, '--data', data], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      for (const file of readdirSync(folder))
        expect([file, modeOf(join(folder, file))]).toEqual([file, '600']);
      child.kill('SIGTERM');
      await once(child, 'exit');
    };
    await start();
    chmodSync(data, 0o644);
    await start();
  },
);
