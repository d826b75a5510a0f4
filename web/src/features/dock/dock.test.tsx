import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { created, FakeLive } from '../../testing/fake-live.ts';
import { renderApp } from '../../testing/render-app.tsx';

const started = { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' } as const;

describe('G7: the dock', () => {
  it('nothing goes on: no dock', () => {
    renderApp('/threads');
    expect(screen.queryByRole('region', { name: 'Activity' })).toBeNull();
  });

  it('is on every page, and says what each run does now', async () => {
    const { live, user } = renderApp('/threads');
    live.append('r1', created('r1', 'Why?'), started);
    live.append('r1', {
      type: 'progress',
      at: Date.now(),
      progress: { text: 'reading 8 of 12 sources', done: 8, total: 12 },
    });
    const dock = await screen.findByRole('region', { name: 'Activity' });
    await user.click(within(dock).getByRole('button', { name: /1 running/ }));
    expect(within(dock).getByText('reading 8 of 12 sources')).toBeTruthy();
    expect(within(dock).getByRole('progressbar').getAttribute('value')).toBe('8');
  });

  it('D12: a run that ended elsewhere becomes its result, a toast and a mark in the title, until it is seen', async () => {
    const { live, user } = renderApp('/threads');
    live.append('r1', created('r1', 'Why?'), started);
    await screen.findByRole('region', { name: 'Activity' });
    live.append('r1', { type: 'run.completed', at: Date.now() });
    expect(await screen.findByRole('button', { name: /1 ended/ })).toBeTruthy();
    await waitFor(() => expect(document.title).toBe('(1) Threads · Longrun'));
    const toast = document.querySelector<HTMLElement>('.toast');
    await user.click(within(toast as HTMLElement).getByRole('link', { name: 'Why?' }));
    await waitFor(() => expect(document.title).toBe('Why? · Longrun'));
    expect(screen.queryByRole('region', { name: 'Activity' })).toBeNull();
  });

  it('a run that asks is told apart, in the dock, the tab and its sign, and leads to its question', async () => {
    document.head.innerHTML = '<link rel="icon" href="/icon.svg">';
    const { live, user } = renderApp('/threads');
    live.append('r1', created('r1', 'Plan the week'), started, {
      type: 'interrupt.opened',
      at: Date.now(),
      interrupts: [{ id: 'i', value: { question: 'Which day?' } }],
    });
    const dock = await screen.findByRole('region', { name: 'Activity' });
    await user.click(within(dock).getByRole('button', { name: /1 asks you/ }));
    expect(within(dock).getByText('asks: Which day?')).toBeTruthy();
    expect(document.title).toContain('Asks you');
    expect(document.querySelector('link[rel=icon]')?.getAttribute('href')).toBe('/icon-ask.svg');
    await user.click(within(dock).getByRole('link', { name: 'Answer Plan the week' }));
    expect(location.pathname).toBe('/runs/r1');
  });

  it('a run that goes on is shown however many newer ones there are', async () => {
    const live = new FakeLive();
    live.pageSize = 3;
    live.append('old', created('old', 'Since yesterday', 1_000), started);
    for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) {
      live.append(id, created(id, `New ${id}`, 2_000 + i), started, { type: 'run.completed', at: 2_100 });
    }
    renderApp('/threads', live);
    const dock = await screen.findByRole('region', { name: 'Activity' });
    expect(within(dock).getByText('Since yesterday')).toBeTruthy();
  });
});
