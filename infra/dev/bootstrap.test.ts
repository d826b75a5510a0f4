/** What `npm run` leaves running beside a server, and what its end ends. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { until } from '../../test/support/wait.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test.runIf(process.platform === 'linux')(
  'npm run local:firestore: no program but npm beside the server; SIGTERM to npm alone ends it',
  async () => {
    const npm = spawn('npm', ['run', '--silent', 'local:firestore', '--', '--port', '0'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(npm.stdout), 'line');
    const [url = ''] = /http:\/\/[\d.:]+/.exec(String(line)) ?? [];
    const isUp = (): Promise<boolean> =>
      fetch(`${url}/_/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    expect(await isUp()).toBe(true);
    const below = descendants(npm.pid ?? 0).map(commandOf);
    expect(below.filter((command) => command.includes('bootstrap.mjs') && !command.startsWith('sh'))).toEqual(
      [],
    );
    expect(below.some((command) => command.includes('infra/local/firestore/main.ts'))).toBe(true);
    npm.kill('SIGTERM');
    await until('the server has ended', async () => ((await isUp()) ? null : true));
  },
);

function descendants(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map(Number)
    .filter((child) => child > 0)
    .flatMap((child) => [child, ...descendants(child)]);
}

const commandOf = (pid: number): string =>
  readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
