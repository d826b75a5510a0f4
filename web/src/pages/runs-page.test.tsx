import { screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { created, FakeLive } from '../testing/fake-live.ts';
import { renderApp } from '../testing/render-app.tsx';

// jsdom has no layout, so a virtual list would draw nothing: here it draws all.
vi.mock('virtua', () => ({
  WindowVirtualizer: (props: { data: string[]; children: (id: string) => unknown }) =>
    props.data.map(props.children),
  Virtualizer: (props: { children: unknown }) => props.children,
  VList: () => null,
}));

function threeRuns() {
  const live = new FakeLive();
  for (const [i, id] of ['a', 'b', 'c'].entries()) live.append(id, created(id, `Run ${id}`, 1_000 + i));
  return live;
}
const titles = () =>
  [...document.querySelectorAll('main [data-run]')].map((row) => row.querySelector('b')?.textContent);

describe('A3: the list of runs', () => {
  it('shows the newest first', async () => {
    renderApp('/runs', threeRuns());
    await screen.findByText('Run a');
    expect(titles()).toEqual(['Run c', 'Run b', 'Run a']);
  });

  it('never jumps: new runs wait behind a button, known ones change in place', async () => {
    const { live, user } = renderApp('/runs', threeRuns());
    await screen.findByText('Run a');
    live.append('d', created('d', 'Run d', 2_000));
    live.append('b', { type: 'attempt.started', at: 2_100, attempt: 1, worker: 'w' });
    await user.click(await screen.findByRole('button', { name: '1 new' }));
    expect(titles()).toEqual(['Run d', 'Run c', 'Run b', 'Run a']);
    expect(screen.queryByRole('button', { name: '1 new' })).toBeNull();
  });

  it('the filter is the address', async () => {
    const { live, user } = renderApp('/runs?status=running', threeRuns());
    expect(await screen.findByText('No run matches')).toBeTruthy();
    live.append('b', { type: 'attempt.started', at: 2_100, attempt: 1, worker: 'w' });
    await user.click(await screen.findByRole('button', { name: '1 new' }));
    expect(titles()).toEqual(['Run b']);
    await user.selectOptions(screen.getByLabelText('Status'), 'pending');
    expect(location.search).toBe('?status=pending');
  });

  it('by keyboard: j and k move, Enter opens', async () => {
    const { user } = renderApp('/runs', threeRuns());
    await screen.findByText('Run a');
    await user.keyboard('jjk');
    expect(document.activeElement?.getAttribute('data-run')).toBe('c');
    await user.keyboard('{Enter}');
    expect(location.pathname).toBe('/runs/c');
  });

  it('no runs: teaches the next step', async () => {
    renderApp('/runs');
    expect(await screen.findByText('No runs yet')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Ask something' })).toBeTruthy();
  });
});
