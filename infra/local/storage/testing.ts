/** For the tests: a server on a folder of its own for each test, and Cloud Storage's real client on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage, type Bucket } from '@google-cloud/storage';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { startStorage, type StorageServer } from './server.ts';

export interface StorageOfTest {
  readonly dir: string;
  readonly url: string;
  readonly bucket: Bucket;
  /** Stops the server and starts another on the same folder. */
  reopen(): Promise<void>;
}

export function useStorage(): StorageOfTest {
  let dir = '';
  let server: StorageServer | undefined;
  let bucket: Bucket | undefined;
  const given = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Only a running test has a server.');
    return value;
  };
  const open = async () => {
    server = await startStorage({ dir, bucket: 'site' });
    bucket = connect(server.url);
  };
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'storage-'));
    await open();
  });
  afterEach(async () => {
    await server?.close();
    rmSync(dir, { recursive: true });
  });
  afterAll(() => {
    delete process.env['STORAGE_EMULATOR_HOST'];
  });
  return {
    get dir() {
      return dir;
    },
    get url() {
      return given(server).url;
    },
    get bucket() {
      return given(bucket);
    },
    reopen: async () => {
      await given(server).close();
      await open();
    },
  };
}

/** The real client, which tries nothing twice. */
export function connect(url: string): Bucket {
  process.env['STORAGE_EMULATOR_HOST'] = url;
  return new Storage({ projectId: 'p', retryOptions: { autoRetry: false } }).bucket('site');
}

/** The status with which a call fails, or `none`. */
export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { code?: unknown }) => Number(error.code),
  );
