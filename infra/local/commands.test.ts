/** Each server alone, by the program that `npm run local:*` names. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['firestore', 'tasks', 'identity', 'trace', 'edge'])('%s', (name) => {
  test.each([
    ['a file', ['--port', '0', '--data', join(folder, `${name}.sqlite`)]],
    ['memory', []],
  ])('with %s: one line with a loopback address, health, exit 0 on SIGTERM', async (_, options) => {
    const program = join(import.meta.dirname, name, 'main.ts');
    const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    try {
      const lines: string[] = [];
      const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
      await once(reader, 'line');
      const [, url = ''] =
        / listening at (http:\/\/(?:127\.0\.0\.1|localhost):\d+)/.exec(lines[0] ?? '') ?? [];
      expect(await (await fetch(`${url}/_/health`)).json()).toMatchObject({ status: 'ok' });
      child.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
      expect(lines).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
