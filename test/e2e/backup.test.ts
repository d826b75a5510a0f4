/** C3, C4, D10: what is lost comes back from a backup, and goes on as if nothing had happened. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '@longrun/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { command, signIn, violations } from '../support/installation.ts';
import { Stack } from '../support/stack.ts';
import { until } from '../support/wait.ts';

let stack: Stack;
let api: Api;
beforeAll(async () => {
  stack = await Stack.start();
  api = new Api(stack.at.edge, await signIn(stack.at, 'signUp'));
});
afterAll(() => stack.close());

const slow = (steps: number, delay_ms: number) => ({
  messages: [{ role: 'user', content: 'count for me' }],
  steps,
  delay_ms,
  tokens: 5,
});
const ended = (runId: string) =>
  until(`run ${runId} ends`, async () => {
    const run = await api.get(runId);
    return run.finished_at === null ? null : run;
  });
const working = (run: Run) =>
  until(`a step of ${run.run_id} is done`, async () =>
    (await api.get(run.run_id)).steps_done >= 1 ? true : null,
  );
const db = (name = '') => join(stack.data, 'db', name);

function overwrite(file: string, from: number, bytes: Buffer): void {
  const open = openSync(file, 'r+');
  writeSync(open, bytes, 0, bytes.length, from);
  closeSync(open);
}
/** The database alone: SQLite could mend it from the newest part, which is kept beside it. */
function withoutLog(name: string): string {
  rmSync(db(`${name}-wal`), { force: true });
  return db(name);
}
/** The folder of each restore, made beside the databases. */
const restores = (): string[] =>
  (existsSync(db()) ? readdirSync(db()) : []).filter((name) => name.startsWith('replaced-'));

/** What happens to the files, and which of them are then restored. */
const DAMAGES: [what: string, damage: () => void, restored: string[]][] = [
  [
    'every database is deleted',
    () => rmSync(db(), { recursive: true }),
    ['firestore.sqlite', 'identity.sqlite', 'tasks.sqlite'],
  ],
  [
    'the documents are cut in half, the headers of accounts and tasks are zeroed',
    () => {
      const documents = withoutLog('firestore.sqlite');
      truncateSync(documents, Math.floor(statSync(documents).size / 2));
      for (const name of ['identity.sqlite', 'tasks.sqlite']) overwrite(db(name), 0, Buffer.alloc(100));
    },
    ['firestore.sqlite', 'identity.sqlite', 'tasks.sqlite'],
  ],
  [
    'bytes in the middle of the documents are flipped',
    () => {
      const documents = withoutLog('firestore.sqlite');
      const half = Math.floor(statSync(documents).size / 8192) * 4096;
      overwrite(documents, half, Buffer.alloc(3 * 4096, 0x5a));
    },
    ['firestore.sqlite'],
  ],
  [
    'the queue and every backup are deleted',
    () => {
      for (const name of readdirSync(db())) if (name.startsWith('tasks')) rmSync(db(name));
      rmSync(join(stack.data, 'backups'), { recursive: true });
    },
    [],
  ],
  [
    'the logs of all databases are deleted',
    () => readdirSync(db()).forEach((name) => name.endsWith('-wal') && rmSync(db(name))),
    // And others that changed since the backup was made.
    ['firestore.sqlite'],
  ],
];

describe('C3 D10: the machine dies, and', () => {
  it.each(DAMAGES)(
    '%s -> the next start has the history; the active run goes on; people sign in',
    async (what, damage, restored) => {
      const finished = await api.run('slow', slow(1, 10));
      const before = await ended(finished.run_id);
      const active = await api.run('slow', slow(5, 400));
      await working(active);
      const { code, out } = await command('backup', stack.data);
      expect(out).toMatch(/^Backup \d{8}-\d{6}-\d{3}-manual \(.+\) was made and checked/);
      expect(code).toBe(0);
      // So that there is something that only the logs have.
      await ended((await api.run('slow', slow(1, 10))).run_id);

      await stack.killAll();
      damage();
      const earlier = restores().length;
      await stack.restart();
      const more = restores().length - earlier;
      // Of what else changed since the backup, its log held it or did not.
      if (what.startsWith('the logs')) expect(more).toBeGreaterThanOrEqual(restored.length);
      else expect(more).toBe(restored.length);

      api = new Api(stack.at.edge, await signIn(stack.at, 'signInWithPassword'));
      expect(await api.get(finished.run_id)).toEqual(before);
      const after = await ended(active.run_id);
      expect(after).toMatchObject({ status: 'completed', steps_done: 5 });
      const events = await api.events(active.run_id);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, i) => i + 1));
      expect((await violations(stack.at)).violated).toEqual([]);
    },
  );
});

describe('C4: npm run backup and npm run restore', () => {
  it('a restore is refused while Longrun runs, and without --yes where nobody can be asked', async () => {
    expect(await command('restore', stack.data, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('already running'),
    });
    await stack.stop();
    expect(await command('restore', stack.data)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--yes'),
    });
    expect(await command('restore', stack.data, 'nothing', '--yes')).toMatchObject({ code: 1 });
    await stack.restart();
  });

  it('back to a backup and forth again: what came later is gone, then there; nothing is lost', async () => {
    const early = await ended((await api.run('slow', slow(1, 10))).run_id);
    const [, name = ''] = /^Backup (\S+)/.exec((await command('backup', stack.data)).out) ?? [];
    const late = await ended((await api.run('slow', slow(1, 10))).run_id);
    await stack.stop(); // makes a backup of its own
    const restored = await command('restore', stack.data, name, '--yes');
    expect(restored).toMatchObject({ code: 0, out: expect.stringContaining(`Restored ${name}`) });
    await stack.restart();
    expect(await api.get(early.run_id)).toEqual(early);
    expect((await api.call('GET', `/runs/${late.run_id}`)).status).toBe(404);
    expect((await violations(stack.at)).violated).toEqual([]);

    await stack.stop();
    const [, undo = ''] = /To undo this: npm run restore -- (\S+)/.exec(restored.out) ?? [];
    expect(await command('restore', stack.data, undo, '--yes')).toMatchObject({ code: 0 });
    await stack.restart();
    expect(await api.get(late.run_id)).toEqual(late);
  });

  it('C5: what was made is listed, and /api/health tells the last', async () => {
    const { out } = await command('backup', stack.data);
    const [, name = ''] = /^Backup (\S+)/.exec(out) ?? [];
    const list = (await command('backup', stack.data, '--list')).out;
    expect(list).toContain(name);
    expect(list).toContain('-shutdown');
    const index: unknown = JSON.parse(await readFile(join(stack.data, 'backups', 'index.json'), 'utf8'));
    expect(index).toMatchObject({
      backups: expect.arrayContaining([expect.objectContaining({ name, kind: 'manual' })]),
      next_at: expect.any(String),
    });
    const health = (await (await fetch(`${stack.at.edge}/api/health`)).json()) as { last_backup: unknown };
    expect(health.last_backup).toMatchObject({ kind: 'manual' });
    expect(await command('backup', stack.data, '--delete', name)).toMatchObject({ code: 0 });
    expect((await command('backup', stack.data, '--list')).out).not.toContain(name);
  });

  it('E5: settings that make no sense stop the start, all named at once', async () => {
    const folder = join(stack.data, 'other');
    const env = { LONGRUN_BACKUP_HOURS: '-1', LONGRUN_BACKUP_KEEP: 'for ever' };
    Object.assign(process.env, env);
    const { code, err } = await command('start', folder).finally(() => {
      for (const name of Object.keys(env)) delete process.env[name];
    });
    expect(code).toBe(1);
    for (const [name, value] of Object.entries(env)) expect(err).toContain(`${name}="${value}"`);
  });
});
