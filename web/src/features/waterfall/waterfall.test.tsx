import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import * as answers from '../../testing/admin-answers.ts';
import { created, FakeLive } from '../../testing/fake-live.ts';
import { renderApp } from '../../testing/render-app.tsx';
import { server } from '../../testing/server.ts';

function run(...events: Parameters<FakeLive['append']>[1][]) {
  const live = new FakeLive();
  live.append('r1', created('r1', 'Why?', 1_000));
  if (events.length > 0) live.append('r1', ...events);
  return renderApp('/runs/r1', live);
}
const started = { type: 'attempt.started', at: 1_100, attempt: 1, worker: 'w' } as const;
const ended = { type: 'run.completed', at: 2_000 } as const;
const traced = (body: unknown) =>
  server.use(http.get('*/api/runs/r1/trace', () => HttpResponse.json(body as never)));
const names = () =>
  screen
    .getAllByRole('treeitem')
    .map((line) => `${line.getAttribute('aria-level')} ${line.textContent.split(',')[0]}`);
const focused = () => document.activeElement?.textContent.split(',')[0];

describe('B3: where the time of a run went', () => {
  it('a tree by cause, commits folded, and one line that sums up', async () => {
    traced(answers.trace());
    const { user } = run(started, ended);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    await screen.findByRole('tree', { name: 'Where the time went' });
    expect(names()).toEqual([
      '1 start a run',
      '2 POST /api/runs',
      '3 queue wait',
      '3 attempt 1',
      '4 Plan',
      '5 gemini-2.5-flash',
      '4 Answer',
      '5 gemini-2.5-flash',
      '5 12 commits',
    ]);
    expect(
      screen.getByText('4.3 s in all: waited 0.3 s in the queue, 3.7 s in models, 84 ms storing'),
    ).toBeTruthy();
    const wait = screen.getByRole('treeitem', { name: /queue wait, ?Queue, ?300 ms, after 40 ms/ });
    expect(wait.querySelector('.waits')?.getAttribute('fill')).toMatch(/^url\(#/);
  });

  it('by keyboard: up and down, into a group and out of it, to the ends', async () => {
    traced(answers.trace());
    const { user } = run(started, ended);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    await screen.findByRole('tree');
    await user.tab();
    expect(focused()).toBe('start a run');
    await user.keyboard('{End}');
    expect(focused()).toBe('12 commits');
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(focused()).toBe('commit');
    expect(names()).toHaveLength(21);
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(focused()).toBe('12 commits');
    expect(names()).toHaveLength(9);
    await user.keyboard('{Home}{Enter}');
    expect(names()).toEqual(['1 start a run']);
    await user.keyboard(' {ArrowDown}{ArrowUp}{ArrowDown}');
    expect(focused()).toBe('POST /api/runs');
  });

  it('the line with the focus, or under the pointer, tells exactly when and what', async () => {
    traced(answers.trace());
    const { user } = run(started, ended);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    await user.hover(await screen.findByRole('treeitem', { name: /^attempt 1/ }));
    const details = document.querySelector<HTMLElement>('.w-details');
    if (details === null) throw new Error('There are no details.');
    expect(details.textContent).toContain('4.000 s from 340.0 ms to 4.340 s');
    expect(within(details).getByText('worker.0')).toBeTruthy();
    await user.hover(screen.getByRole('treeitem', { name: /^12 commits/ }));
    expect(details.textContent).toContain('the longest 7.0 ms');
  });

  it('not traced: says so', async () => {
    traced({ run_id: 'r1', trace_id: null, spans: [] });
    const { user } = run(started, ended);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    expect(await screen.findByText('This run was not traced.')).toBeTruthy();
  });

  it('while the run goes on it is read again for a step, and not for what is written', async () => {
    let asked = 0;
    server.use(
      http.get('*/api/runs/r1/trace', () => {
        asked += 1;
        return HttpResponse.json({ run_id: 'r1', trace_id: 't', spans: [] });
      }),
    );
    const at = Date.now();
    const { live, user } = run(started);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    expect(await screen.findByText('The first lines appear when the first step has ended.')).toBeTruthy();
    expect(asked).toBe(1);
    live.append('r1', { type: 'node.started', at, task: 't', node: 'write', ns: [] });
    await waitFor(() => expect(asked).toBe(2));
    for (const text of ['It ', 'goes ', 'on']) {
      live.append('r1', { type: 'message.delta', at, task: 't', node: 'write', message_id: 'm', text });
    }
    await screen.findByText('It goes on');
    expect(asked).toBe(2);
  });

  it('a trace that cannot be read says why, and is read when asked again', async () => {
    const error = { code: 'unavailable', message: 'Tracing does not answer.' };
    server.use(http.get('*/api/runs/r1/trace', () => HttpResponse.json({ error }, { status: 503 })));
    const { user } = run(started, ended);
    await user.click(await screen.findByRole('tab', { name: 'Time' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Tracing does not answer.');
    traced(answers.trace());
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('tree')).toBeTruthy();
  });

  it('an admin sees it of anyone’s run, and nothing of what that run says', async () => {
    server.use(
      http.get('*/api/admin/runs/someone/r1/trace', () => HttpResponse.json(answers.trace() as never)),
    );
    renderApp('/admin/runs/someone/r1', undefined, { admin: true, next: true });
    expect(await screen.findByRole('tree')).toBeTruthy();
    expect(screen.getByText('someone')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Open the run' })).toBeNull();
  });
});
