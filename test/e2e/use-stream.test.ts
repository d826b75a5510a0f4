import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChats, type Chats } from '../agent-server/chats.ts';
import { until } from '../support/wait.ts';

let chats: Chats;
beforeAll(async () => {
  chats = await openChats('sdk');
});
afterAll(() => chats?.close());

describe("a chat page with LangChain's useStream", () => {
  it('a message is answered; a second tab and a reload show the same', async () => {
    const chat = await chats.open();
    await chat.send('hello');
    await chat.answered('echo hello');
    const other = await chats.open('probe', await chat.thread());
    await other.answered('echo hello');
    await chat.page.reload();
    await chat.answered('echo hello');
    expect(await chat.said('human')).toEqual(['hello']);
  });

  it('a question is shown and answered, also after a reload', async () => {
    const chat = await chats.open();
    await chat.send('ask me');
    await chat.page.locator('[data-asks]').waitFor();
    await chat.page.reload();
    expect(await chat.page.locator('[data-asks]').innerText()).toBe('{"question":"approve?"}');
    await chat.send('sure', 'Answer');
    await chat.answered('echo ask me');
    await chat.page.locator('[data-asks]').waitFor({ state: 'detached' });
    expect(await chat.page.locator('[data-history]').innerText()).toContain('answer "sure"');
  });

  it('a reload in the middle of a run goes on with it', async () => {
    const chat = await chats.open();
    await chat.send('slow one');
    const key = `lg:stream:${await chat.thread()}`;
    // From then on a page that is loaded again joins it.
    await until('the page knows its run', () =>
      chat.page.evaluate((name) => sessionStorage.getItem(name), key),
    );
    await chat.page.reload();
    await chat.answered('echo slow one');
  });

  it('stop ends the run, and the next message is answered', async () => {
    const chat = await chats.open();
    await chat.send('this never ends');
    const thread = await chat.thread();
    await until('it runs', async () =>
      (await chats.subject.client.runs.list(thread)).length > 0 ? true : null,
    );
    await chat.press('Stop');
    await chat.idle();
    await until('the run has ended', async () =>
      (await chats.subject.client.runs.list(thread)).every(({ status }) => status === 'interrupted')
        ? true
        : null,
    );
    await chat.send('next');
    await chat.answered('echo next');
  });

  it('an edited message and another answer are branches of their own', async () => {
    const chat = await chats.open();
    await chat.send('first');
    await chat.answered('echo first');
    await chat.send('edited', 'Edit');
    await chat.answered('echo edited');
    await chat.page.getByText('2 / 2').first().waitFor();
    await chat.press('Again');
    await chat.idle();
    await chat.answered('echo edited');
    expect(await chat.said('human')).toEqual(['edited']);
  });

  it('a tool is called, and its result is a message', async () => {
    const chat = await chats.open('tools');
    await chat.send('weather');
    await chat.answered('It is so: Sunny in Paris');
    expect(await chat.said('tool')).toEqual(['Sunny in Paris']);
  });

  it('a failure is shown', async () => {
    const chat = await chats.open();
    await chat.send('fail please');
    await chat.page.getByRole('alert').waitFor();
    expect(await chat.page.getByRole('alert').innerText()).toContain('boom');
  });

  it('the API and the worker are killed in the middle of a run: the page goes on by itself', async () => {
    const chat = await chats.open();
    await chat.send('slow kill');
    const thread = await chat.thread();
    await until('it runs', async () => {
      const [run] = await chats.subject.client.runs.list(thread);
      return run?.status === 'running' ? true : null;
    });
    await chats.subject.stack.kill('worker');
    await chats.subject.stack.kill('api');
    await chat.answered('echo slow kill');
    expect(await chat.said('human')).toEqual(['slow kill']);
  });
});
