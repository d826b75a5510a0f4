import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, useStorage } from './testing.ts';

const on = useStorage();

describe('hostile requests', () => {
  const ask = (
    method: string,
    path: string,
    body: string | Buffer = '',
    headers: Record<string, string> = {},
  ) =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${on.url}`, { method, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.path = path;
      request.on('error', reject);
      request.end(body);
    });

  test.each([
    ['GET', '/', '', 501],
    ['GET', '/storage/v1/b/site/o/%ZZ', '', 400],
    ['PUT', '/storage/v1/b/site/o/a', '{}', 501],
    ['POST', '/storage/v1/b', '{"name":"x"}', 501],
    ['DELETE', '/storage/v1/b/site', '', 501],
    ['PATCH', '/storage/v1/b/site/o/a', '{', 400],
    ['PATCH', '/storage/v1/b/site/o/a', '[]', 400],
    ['PATCH', '/storage/v1/b/site/o/a', '{"contentType":7}', 400],
    ['GET', '/storage/v1/b/site/o?maxResults=x', '', 400],
    ['GET', '/storage/v1/b/site/o?pageToken=%00', '', 400],
    ['GET', '/storage/v1/b/site/o?matchGlob=*', '', 501],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=../up', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a/../../up', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=.objects/x.json', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a%00b', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=media&name=a&ifGenerationMatch=x', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=multipart&name=a', 'x', 400],
    ['POST', '/upload/storage/v1/b/site/o?uploadType=other&name=a', 'x', 400],
    ['PUT', '/upload/storage/v1/b/site/o?upload_id=nobody', 'x', 404],
  ])('%s %s %j -> %i', async (method, path, body, status) => {
    expect(await ask(method, path, body)).toBe(status);
    expect(readdirSync(on.dir)).toEqual(['.objects']);
    expect(await ask('GET', '/_/health')).toBe(200);
  });

  test('an object and another below its name: 409, and the first stays', async () => {
    await on.bucket.file('a').save('one', { resumable: false });
    expect(await codeOf(on.bucket.file('a/b').save('two', { resumable: false }))).toBe(409);
    await on.bucket.file('c/d').save('one', { resumable: false });
    expect(await codeOf(on.bucket.file('c').save('two', { resumable: false }))).toBe(409);
    expect((await on.bucket.file('a').download())[0].toString()).toBe('one');
  });

  test('a page in a browser may not write', async () => {
    const path = '/upload/storage/v1/b/site/o?uploadType=media&name=a';
    expect(await ask('POST', path, 'x', { origin: 'https://example.org' })).toBe(403);
  });

  test('multipart bodies of every malformed kind are refused and stop nothing', async () => {
    const whole =
      '--b\r\ncontent-type: application/json\r\n\r\n{"name":"m"}\r\n--b\r\ncontent-type: text/plain\r\n\r\nhi\r\n--b--';
    const path = '/upload/storage/v1/b/site/o?uploadType=multipart';
    const headers = { 'content-type': 'multipart/related; boundary=b' };
    for (let end = 0; end < whole.length - 2; end += 1) {
      expect(await ask('POST', path, whole.slice(0, end), headers)).toBe(400);
    }
    expect(await ask('POST', path, whole, headers)).toBe(200);
    expect((await on.bucket.file('m').download())[0].toString()).toBe('hi');
  });
});

test('a link in the folder leads nowhere: nothing is written, read or deleted through it', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  try {
    writeFileSync(join(outside, 'secret'), 'as it was');
    symlinkSync(outside, join(on.dir, 'linked'));
    symlinkSync(join(outside, 'secret'), join(on.dir, 'file'));
    expect(await codeOf(on.bucket.file('linked/new').save('x'))).not.toBe('none');
    expect(await codeOf(on.bucket.file('linked/secret').save('x'))).not.toBe('none');
    await codeOf(on.bucket.file('file').save('x'));
    await codeOf(on.bucket.file('linked/secret').delete());
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('as it was');
  } finally {
    rmSync(outside, { recursive: true });
  }
});
