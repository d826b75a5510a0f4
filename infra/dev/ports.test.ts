import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePorts } from './ports.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'longrun-ports-'));
});
afterEach(() => rm(data, { recursive: true }));

describe('the ports of an installation', () => {
  it('are all different, and the same again at the next start', async () => {
    const ports = await choosePorts(data, 0);
    expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
    expect(await choosePorts(data, 0)).toEqual(ports);
  });

  it('one that something else took is replaced; a page whose port is taken is an error', async () => {
    const first = await choosePorts(data, 0);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(first.api, '127.0.0.1', resolve));
    try {
      const second = await choosePorts(data, 0);
      expect(second).toEqual({ ...first, api: expect.any(Number) as unknown });
      expect(second.api).not.toBe(first.api);
      await expect(choosePorts(data, first.api)).rejects.toThrow(/in use/);
    } finally {
      other.close();
    }
  });
});
