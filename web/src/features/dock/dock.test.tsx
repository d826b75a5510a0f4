import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { created } from '../../testing/fake-live.ts';
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
});
