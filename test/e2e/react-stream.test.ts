import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChats, type Chats } from '../agent-server/chats.ts';
import { until } from '../support/wait.ts';

let chats: Chats;
beforeAll(async () => {
  chats = await openChats('react');
});
afterAll(() => chats?.close());

const statuses = async (thread: string) =>
  (await chats.subject.client.runs.list(thread)).map(({ status }) => status);

describe("a chat page with LangChain's newer `useStream`", () => {
  it('a message is answered; a second tab and a reload show the same', async () => {
    const chat = await chats.open();
    await chat.send('hello');
    await chat.answered('echo hello');
    await chat.send('again');
    await chat.answered('echo again');
    const other = await chats.open('probe', await chat.thread());
    await other.answered('echo again');
    await chat.page.reload();
    await chat.answered('echo again');
    for (const one of [chat, other]) {
      expect(await one.said('human')).toEqual(['hello', 'again']);
      expect(await one.said('ai')).toEqual(['echo hello', 'echo again']);
    }
  });

  it('an answer is seen as it is said; a reload and a second tab see what was said, and the rest', async () => {
    const chat = await chats.open('gated');
    const gate = chats.gate();
    await chat.send(`one two ${gate}`);
    await chat.shows('echo one two');
    const other = await chats.open('gated', await chat.thread());
    await other.shows('echo one two');
    await chat.page.reload();
    await chat.shows('echo one two');
    await chats.pass(gate);
    await chat.answered(`echo one two ${gate}`);
    await other.answered(`echo one two ${gate}`);
    expect(await chat.said('ai')).toEqual([`echo one two ${gate}`]);
    expect(await other.said('ai')).toEqual([`echo one two ${gate}`]);
  });

  it('a page that is open sees what another says', async () => {
    const chat = await chats.open('gated');
    const [first, second] = [chats.gate(), chats.gate()];
    await chat.send(`first ${first}`);
    await chat.shows('echo first');
    const other = await chats.open('gated', await chat.thread());
    await other.shows('echo first');
    await chats.pass(first);
    await chat.answered(`echo first ${first}`);
    await other.answered(`echo first ${first}`);
    await chat.send(`second ${second}`);
    await other.shows('echo second');
    await chats.pass(second);
    await other.answered(`echo second ${second}`);
    expect(await other.said('human')).toEqual([`first ${first}`, `second ${second}`]);
  });

  it('a tool is called, and its result is a message', async () => {
    const chat = await chats.open('tools');
    await chat.send('weather');
    await chat.answered('It is so: Sunny in Paris');
    expect(await chat.said('tool')).toEqual(['Sunny in Paris']);
    expect(await chat.page.locator('[data-tool="finished"]').innerText()).toContain('Sunny in Paris');
    await chat.page.reload();
    await chat.answered('It is so: Sunny in Paris');
  });

  it('a question is shown and answered, also after a reload', async () => {
    const chat = await chats.open();
    for (const reloads of [false, true]) {
      const text = `ask me ${reloads}`;
      await chat.send(text);
      await chat.page.locator('[data-asks]').waitFor();
      await chat.idle();
      if (reloads) await chat.page.reload();
      await chat.page.locator('[data-asks]').waitFor();
      await chat.idle();
      expect(await chat.page.locator('[data-asks]').innerText()).toBe('{"question":"approve?"}');
      await chat.send('sure', 'Answer');
      await chat.answered(`echo ${text}`);
      await chat.page.locator('[data-asks]').waitFor({ state: 'detached' });
      expect(await chat.page.locator('[data-log]').innerText()).toContain('answer "sure"');
    }
  });

  it('what was asked and answered before a reload is not asked again', async () => {
    const chat = await chats.open();
    await chat.send('ask me');
    await chat.page.locator('[data-asks]').waitFor();
    await chat.idle();
    await chat.send('sure', 'Answer');
    await chat.answered('echo ask me');
    await chat.page.reload();
    await chat.answered('echo ask me');
    await chat.send('next');
    await chat.answered('echo next');
    expect(await chat.page.locator('[data-asks]').count()).toBe(0);
  });

  it('a message instead of an answer: the question is gone, and the message is answered', async () => {
    const chat = await chats.open();
    await chat.send('ask me');
    await chat.page.locator('[data-asks]').waitFor();
    await chat.page.locator('[data-log]').filter({ hasText: 'prepare' }).waitFor();
    await chat.idle();
    await chat.send('something else');
    await chat.answered('echo something else');
    expect(await chat.page.locator('[data-asks]').count()).toBe(0);
  });

  it('stop ends the run, and the next message is answered', async () => {
    const chat = await chats.open('gated');
    const gate = chats.gate();
    await chat.send(`never ${chats.gate()}`);
    await chat.shows('echo never');
    const thread = await chat.thread();
    await chat.press('Stop');
    await chat.idle();
    await until('the run has ended', async () =>
      (await statuses(thread))[0] === 'interrupted' ? true : null,
    );
    await chats.pass(gate);
    await chat.send(`next ${gate}`);
    await chat.answered(`echo next ${gate}`);
    expect(await statuses(thread)).toEqual(['success', 'interrupted']);
  });

  it('a message sent while the answer is being said takes its place in the queue', async () => {
    const chat = await chats.open('gated');
    const [first, second] = [chats.gate(), chats.gate()];
    await chat.send(`first ${first}`);
    await chat.shows('echo first');
    await chat.send(`second ${second}`, 'Queue');
    await chat.page.locator('[data-waiting="1"]').waitFor();
    await chats.pass(first);
    await chats.pass(second);
    await chat.answered(`echo second ${second}`);
    await chat.page.locator('[data-waiting="0"]').waitFor();
    expect(await chat.said('ai')).toEqual([`echo first ${first}`, `echo second ${second}`]);
  });

  it('an edited message and another answer take the place of what was there', async () => {
    const chat = await chats.open();
    await chat.send('first');
    await chat.answered('echo first');
    await chat.send('edited', 'Edit');
    await chat.answered('echo edited');
    expect(await chat.said('human')).toEqual(['edited']);
    expect(await chat.said('ai')).toEqual(['echo edited']);
    await chat.press('Again');
    const thread = await chat.thread();
    await until('three runs have ended', async () =>
      (await statuses(thread)).join() === 'success,success,success' ? true : null,
    );
    await chat.idle();
    await chat.page.reload();
    await chat.answered('echo edited');
    expect(await chat.said('human')).toEqual(['edited']);
    expect(await chat.said('ai')).toEqual(['echo edited']);
  });

  it('a failure is shown, and the next message is answered', async () => {
    const chat = await chats.open();
    await chat.send('fail please');
    await chat.page.getByRole('alert').waitFor();
    expect(await chat.page.getByRole('alert').innerText()).toContain('boom');
    await chat.idle();
    await chat.send('hello');
    await chat.answered('echo hello');
    expect(await chat.page.getByRole('alert').count()).toBe(0);
  });

  it('a graph within a node is shown with what it says; what it asks is answered', async () => {
    const chat = await chats.open('nested');
    const below = chat.page.locator('[data-graph="sub"][data-status="complete"]');
    await chat.send('hello');
    await chat.answered('echo hello');
    await below.filter({ hasText: 'echo hello' }).waitFor();
    await chat.send('ask below');
    await chat.page.locator('[data-asks]').waitFor();
    await chat.idle();
    expect(await chat.page.locator('[data-asks]').innerText()).toBe('{"question":"inner?"}');
    await chat.send('yes', 'Answer');
    await chat.answered('echo ask below');
    expect(await chat.page.locator('[data-log]').innerText()).toContain('inner yes');
    await chat.page.reload();
    await chat.answered('echo ask below');
    await below.filter({ hasText: 'echo ask below' }).waitFor();
  });

  it('the API and the worker are killed in the middle of a run: the page goes on by itself', async () => {
    const chat = await chats.open('gated');
    const gate = chats.gate();
    await chat.send(`still ${gate}`);
    await chat.shows('echo still');
    await chats.subject.stack.kill('worker');
    await chats.subject.stack.kill('api');
    await chats.pass(gate);
    await chat.answered(`echo still ${gate}`);
    expect(await chat.said('human')).toEqual([`still ${gate}`]);
    expect(await chat.said('ai')).toEqual([`echo still ${gate}`]);
    expect(await chat.page.getByRole('alert').count()).toBe(0);
  });
});
