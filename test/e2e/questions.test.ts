import { describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { Tab } from '../support/tab.ts';
import { until } from '../support/wait.ts';
import { useWindows } from '../support/windows.ts';

/** So many runs every page listens to. */
const NEWEST = 50;

const on = useWindows();

/** A run that asks "Delete it?", open in `tab`. */
async function asking(tab: Tab): Promise<{ id: string; api: Api }> {
  const api = await tab.api();
  const run = await api.run('asks', {
    messages: [{ role: 'user', content: 'clean up' }],
    question: 'Delete it?',
  });
  await tab.open(`/runs/${run.run_id}`);
  await tab.status('interrupted');
  return { id: run.run_id, api };
}

const form = (tab: Tab) => tab.page.getByRole('form', { name: 'Delete it?' });
const answer = async (tab: Tab, text: string) => {
  await form(tab).getByRole('textbox').fill(text);
  await form(tab).getByRole('button', { name: 'Answer', exact: true }).click();
};

describe('G4: questions, in Chromium', () => {
  it('a question is seen wherever the person is, answered in place, and the run goes on', async () => {
    const tab = await on.newTab();
    const { id } = await asking(tab);
    await tab.open('/threads');
    await tab.page.getByRole('button', { name: /1 asks you/ }).click();
    expect(await tab.page.title()).toContain('Asks you');
    await tab.page.getByRole('link', { name: 'Answer clean up' }).click();
    await answer(tab, 'yes, all of it');
    await tab.status('completed');
    expect(await tab.said()).toContain('You said "yes, all of it".');
    expect(await tab.said()).toContain('You answered');
    await tab.page.reload();
    await tab.page.getByText('You answered').waitFor();
    expect(await tab.page.getByRole('complementary', { name: 'Progress' }).innerText()).toContain(
      'yes, all of it',
    );
    expect(new URL(tab.page.url()).pathname).toBe(`/runs/${id}`);
    expect(tab.problems).toEqual([]);
  });

  it('what was begun survives leaving and reloading', async () => {
    const tab = await on.newTab();
    await asking(tab);
    await form(tab).getByRole('textbox').fill('no, because');
    await tab.page.getByRole('link', { name: 'Threads', exact: true }).first().click();
    await tab.page.goBack();
    await form(tab).waitFor();
    expect(await form(tab).getByRole('textbox').inputValue()).toBe('no, because');
    await tab.page.reload();
    expect(await form(tab).getByRole('textbox').inputValue()).toBe('no, because');
  });

  it('two tabs answer at the same moment: one answer counts, both see it, nothing that was written is lost', async () => {
    const [one, two] = [await on.newTab(), await on.newTab()];
    const { id, api } = await asking(one);
    await two.open(`/runs/${id}`);
    await form(one).getByRole('textbox').fill('yes');
    await form(two).getByRole('textbox').fill('no');
    const send = async (tab: Tab) =>
      form(tab)
        .getByRole('button', { name: 'Answer', exact: true })
        .evaluate((button) => button.click());
    await Promise.all([send(one), send(two)]);
    await Promise.all([one.status('completed'), two.status('completed')]);
    const run = await api.get(id);
    const given = /You said "(yes|no)"/.exec(JSON.stringify(run.messages).replaceAll('\\', ''))?.[1];
    expect(given).toMatch(/^(yes|no)$/);
    const [winner, loser] = given === 'yes' ? [one, two] : [two, one];
    for (const tab of [winner, loser]) {
      await until('the answer is shown', async () =>
        (await tab.said()).includes(`You said "${given}".`) ? true : null,
      );
    }
    expect(await loser.said()).toContain('Yours was not used');
    expect(await loser.said()).toContain(given === 'yes' ? 'no' : 'yes');
  });

  it('a question that is older than all runs of the list is still in the dock', async () => {
    const tab = await on.newTab();
    const { api } = await asking(tab);
    const newer = Array.from({ length: NEWEST + 1 }, (_, i) =>
      api.run('slow', { messages: [{ role: 'user', content: `${i}` }], steps: 1, delay_ms: 1, tokens: 1 }),
    );
    await Promise.all(newer);
    await tab.open('/threads');
    await tab.page.getByRole('button', { name: /1 asks you/ }).click();
    await tab.page.getByRole('link', { name: 'Answer clean up' }).click();
    await form(tab).waitFor();
  });

  it('E1 G4: an approval answered after every process was restarted', async () => {
    const tab = await on.newTab();
    const { id, api } = await asking(tab);
    await form(tab).getByRole('textbox').fill('approved');
    await on.stack.killAll();
    await on.stack.restart();
    await until('the answer is taken', async () => {
      const { page } = tab;
      const again = page.getByRole('button', { name: /^(Answer|Send again)$/ });
      if (await again.isVisible()) await again.click();
      return (await page.locator('main [data-status="completed"]').count()) > 0 ? true : null;
    });
    expect(await tab.said()).toContain('You said "approved".');
    const run = await api.get(id);
    expect(run).toMatchObject({ status: 'completed', interrupts: [] });
    const events = await api.events(id);
    expect(events.filter(({ type }) => type === 'interrupt.answered')).toHaveLength(1);
    expect(events.every((event, i) => event.seq === i + 1)).toBe(true);
  });
});
