import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotatingLog } from './rotating-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('written without end -> two files of bounded size, the newest lines among them', async () => {
  const log = new RotatingLog(join(folder, 'a.log'), () => undefined, 1_000);
  for (let i = 0; i < 1_000; i += 1) log.write(`line ${String(i)}\n`);
  expect((await readdir(folder)).toSorted()).toEqual(['a.log', 'a.log.1']);
  const sizes = await Promise.all(['a.log', 'a.log.1'].map((name) => stat(join(folder, name))));
  for (const { size } of sizes) expect(size).toBeLessThan(1_100);
  expect(await readFile(join(folder, 'a.log'), 'utf8')).toMatch(/line 999\n$/);
});

test('what an earlier start wrote counts', async () => {
  const path = join(folder, 'a.log');
  new RotatingLog(path, () => undefined, 100).write('x'.repeat(90));
  new RotatingLog(path, () => undefined, 100).write('y'.repeat(20));
  expect(await readdir(folder)).toEqual(['a.log.1']);
});

test.runIf(process.platform === 'linux')('a full disk -> said once, nothing thrown', () => {
  const said: string[] = [];
  // Linux's device that is always full.
  const log = new RotatingLog('/dev/full', (line) => said.push(line));
  for (let i = 0; i < 10; i += 1) log.write('a line\n');
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('ENOSPC');
});

test('it can be written again -> the log says what is missing', async () => {
  const said: string[] = [];
  const log = new RotatingLog(join(folder, 'later', 'a.log'), (line) => said.push(line));
  log.write('lost\n');
  log.write('lost\n');
  await mkdir(join(folder, 'later'));
  log.write('kept\n');
  log.write('kept too\n');
  expect(await readFile(join(folder, 'later', 'a.log'), 'utf8')).toBe(
    '(2 pieces of this log could not be written)\nkept\nkept too\n',
  );
  expect(said).toHaveLength(1);
});
