/** C7: a whole installation moves to another one: runs, conversations, accounts, and what was still going on. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPath, threadPath, type Run } from '@longrun/shared';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../support/api.ts';
import { connectBrowser } from '../support/shared-browser.ts';
import { command, corrupt, EMAIL, PASSWORD, signIn, violations } from '../support/installation.ts';
import { Stack } from '../support/stack.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';

let folder: string;
let old: Stack;
let fresh: Stack;
let browser: Browser;
let api: Api;
const file = () => join(folder, 'moved.ndjson.gz');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moving-'));
  [old, fresh, browser] = await Promise.all([Stack.start(), Stack.start(), connectBrowser()]);
  api = new Api(old.at.edge, await signIn(old.at, 'signUp'));
  // A new installation, which nobody has used.
  await fresh.stop();
  for (const name of ['db', 'backups']) await rm(join(fresh.data, name), { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([old.close(), fresh.close(), rm(folder, { recursive: true })]);
});

const slow = (steps: number, delay_ms: number) => ({
  messages: [{ role: 'user', content: 'count for me' }],
  steps,
  delay_ms,
  tokens: 5,
});
const reaches = (at: Api, id: string, status: Run['status']) =>
  until(`run ${id} is ${status}`, async () => {
    const run = await at.get(id);
    return run.status === status ? run : null;
  });

/** The run's page as the person sees it who signs in with an address in a new browser. */
async function shown(stack: Stack, runId: string): Promise<{ said: string; events: number }> {
  const context = await browser.newContext();
  const tab = new Tab(await context.newPage(), stack);
  await tab.open();
  await tab.ready();
  await tab.page.getByRole('button', { name: 'Account' }).click();
  await tab.page.getByRole('button', { name: /^Sign in to another/ }).click();
  await tab.page.getByLabel('Email').fill(EMAIL);
  await tab.page.getByLabel('Password').fill(PASSWORD);
  await tab.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await tab.page.getByText('count for me').first().waitFor();
  await tab.open(`/runs/${runId}`);
  await tab.status('completed');
  const said = (await tab.said()).replaceAll(/\s+/g, ' '); // Markdown may not be rendered yet
  const seen = { said, events: await tab.events() };
  expect(tab.problems).toEqual([]);
  await context.close();
  return seen;
}

describe('C7: npm run export and npm run import', () => {
  it('a copy of a running installation: its active runs are executed elsewhere only when that is wanted', async () => {
    const run = await api.run('slow', slow(400, 300));
    await reaches(api, run.run_id, 'running');
    const copy = join(folder, 'copy.ndjson.gz');
    const { code, out } = await command('export', old.data, copy);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('1 runs had not ended') });
    expect((await stat(copy)).mode & 0o077).toBe(0); // people's accounts are nobody else's business
    expect(await command('import', fresh.data, copy)).toMatchObject({
      code: 1,
      err: expect.stringContaining('--continue'),
    });
    expect((await api.get(run.run_id)).status).toBe('running');
    await api.call('POST', `/runs/${run.run_id}/cancel`);
  });

  it('moved: the history is the same to the letter, the active run and the question go on, the person signs in', async () => {
    const done = await reaches(api, (await api.run('slow', slow(2, 50))).run_id, 'completed');
    const asked = await api.run('asks', { messages: done.messages, question: 'Delete it?' });
    await reaches(api, asked.run_id, 'interrupted');
    const before = { page: await shown(old, done.run_id), events: await api.events(done.run_id) };
    const active = await api.run('slow', slow(6, 400));
    await until('a step is done', async () => ((await api.get(active.run_id)).steps_done >= 1 ? true : null));
    await old.stop();

    expect(await command('export', old.data, file())).toMatchObject({ code: 0, err: '' });
    const imported = await command('import', fresh.data, file());
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toMatch(/^Verified: every document is as it was, \d+ runs keep the invariants\.$/m);
    await fresh.restart();

    const there = new Api(fresh.at.edge, await signIn(fresh.at, 'signInWithPassword'));
    expect(await there.get(done.run_id)).toEqual(done);
    expect(await there.events(done.run_id)).toEqual(before.events);
    expect(await shown(fresh, done.run_id)).toEqual(before.page);
    const { interrupts } = await there.get(asked.run_id);
    const answers = { [interrupts[0]?.id ?? '']: 'yes' };
    expect((await there.call('POST', `/runs/${asked.run_id}/answer`, { answers })).status).toBe(200);
    await reaches(there, asked.run_id, 'completed');
    const after = await reaches(there, active.run_id, 'completed');
    expect(after.steps_done).toBe(6);
    const events = await there.events(active.run_id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect((await violations(fresh.at)).violated).toEqual([]);
  });

  it('what is there already is never touched: refused without --merge, and with it nothing changes', async () => {
    const there = new Api(fresh.at.edge, await signIn(fresh.at, 'signInWithPassword'));
    const runs = async () => (await there.call<{ runs: Run[] }>('GET', '/runs')).body.runs;
    const before = await runs();
    expect(await command('import', fresh.data, file())).toMatchObject({
      code: 1,
      err: expect.stringContaining('not empty'),
    });
    const merged = await command('import', fresh.data, file(), '--merge');
    expect({ ...merged }).toMatchObject({ code: 0, err: '' });
    expect(await runs()).toEqual(before);
    expect((await violations(fresh.at)).violated).toEqual([]);
  });

  it('D10: a run that was corrupted is taken from an export, alone', async () => {
    const there = new Api(fresh.at.edge, await signIn(fresh.at, 'signInWithPassword'));
    const { runs } = (await there.call<{ runs: Run[] }>('GET', '/runs?status=completed')).body;
    const [run, other] = [runs.at(-1), runs[0]];
    if (run === undefined || other === undefined) throw new Error('Two runs have moved.');
    const path = runPath(run.owner, run.run_id);
    await corrupt(fresh.at, path);
    const verdict = await command('verify-run', fresh.data, run.run_id);
    expect(verdict).toMatchObject({ code: 1, out: expect.stringContaining('VIOLATED') });

    expect((await there.call('DELETE', `/runs/${run.run_id}`)).status).toBeLessThan(300);
    await there.call('DELETE', `/runs/${other.run_id}`); // on purpose: it must stay away
    const thread = threadPath(run.owner, run.thread_id); // it was made for this run, and went with it
    const brought = await command('import', fresh.data, file(), '--only', path, '--only', thread);
    expect(brought).toMatchObject({ code: 0, err: '' });
    expect(await there.get(run.run_id)).toEqual(run);
    expect((await there.call('GET', `/runs/${other.run_id}`)).status).toBe(404);
    expect(await command('verify-run', fresh.data, run.run_id)).toMatchObject({ code: 0 });
  });

  it('a file that was cut short or changed is refused before anything is written', async () => {
    const whole = await readFile(file());
    const cut = join(folder, 'cut.gz');
    await writeFile(cut, whole.subarray(0, whole.length - 100));
    const changed = join(folder, 'changed.gz');
    await writeFile(
      changed,
      Buffer.concat([whole.subarray(0, 2_000), Buffer.from('?'), whole.subarray(2_001)]),
    );
    const text = join(folder, 'text.gz');
    await writeFile(text, 'hello');
    for (const bad of [cut, changed, text, join(folder, 'nothing')]) {
      expect(await command('import', join(folder, 'nowhere'), bad)).toMatchObject({ code: 1 });
    }
    await expect(stat(join(folder, 'nowhere'))).rejects.toThrow('ENOENT');
  });
});
