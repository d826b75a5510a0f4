import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unlessMissing } from './unless-missing.ts';

test('no such file, or a file where a folder would be -> undefined', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'missing-'));
  try {
    await writeFile(join(folder, 'file'), '');
    expect(await unlessMissing(stat(join(folder, 'none')))).toBeUndefined();
    expect(await unlessMissing(stat(join(folder, 'file', 'below')))).toBeUndefined();
    expect((await unlessMissing(stat(join(folder, 'file'))))?.isFile()).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(['EIO', 'EACCES', 'EMFILE'])('%s is not taken for a missing file', async (code) => {
  const failure = Object.assign(new Error(code), { code });
  await expect(unlessMissing(Promise.reject(failure))).rejects.toBe(failure);
});
