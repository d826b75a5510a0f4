import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { metadataFile } from './folder.ts';
import { connect, useStorage } from './testing.ts';

const on = useStorage();

describe('after a crash', () => {
  const meta = () => join(on.dir, metadataFile('a'));
  beforeEach(() =>
    on.bucket.file('a').save('one', { resumable: false, metadata: { cacheControl: 'no-cache' } }),
  );

  test('the content took its place, the metadata not yet -> it does', async () => {
    await on.bucket.file('a').save('two', { resumable: false, metadata: { cacheControl: 'no-store' } });
    renameSync(meta(), `${meta()}.next`);
    await on.reopen();
    expect((await on.bucket.file('a').getMetadata())[0]).toMatchObject({
      size: '3',
      cacheControl: 'no-store',
    });
  });

  test('the content had not taken its place -> the object stays as it was', async () => {
    writeFileSync(
      `${meta()}.next`,
      readFileSync(meta(), 'utf8').replace(/"md5Hash":"[^"]+"/, '"md5Hash":"x"'),
    );
    await on.reopen();
    expect((await on.bucket.file('a').download({ validation: 'crc32c' }))[0].toString()).toBe('one');
    expect(readdirSync(join(on.dir, '.objects')).filter((name) => name.endsWith('.next'))).toEqual([]);
  });

  test('kill -9 under load: every upload that was acknowledged is there, whole', async () => {
    const folder = join(on.dir, 'other');
    const start = async () => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'main.ts'), '--dir', folder, '--bucket', 'site'],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      return { child, bucket: connect(line.replace('storage listening at ', '')) };
    };
    const acknowledged = new Map<string, string>();
    let answers = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, bucket: there } = await start();
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let i = 0; ; i += 1) {
          const name = `w${writer}/${i % 3}`;
          const text = `${round} ${i} `.repeat(500);
          try {
            await there.file(name).save(text, { resumable: false });
            acknowledged.set(name, text);
            answers += 1;
          } catch {
            // Whether this one was stored nobody knows.
            acknowledged.delete(name);
            return;
          }
        }
      });
      await eventually(() => expect(answers).toBeGreaterThan(20 * (round + 1)));
      child.kill('SIGKILL');
      await Promise.all(writers);
    }
    const { child, bucket: there } = await start();
    expect(acknowledged.size).toBeGreaterThan(0);
    for (const [name, text] of acknowledged) {
      expect((await there.file(name).download({ validation: 'crc32c' }))[0].toString()).toBe(text);
    }
    for (const file of (await there.getFiles())[0]) await file.download({ validation: 'crc32c' });
    child.kill('SIGKILL');
  });
});
