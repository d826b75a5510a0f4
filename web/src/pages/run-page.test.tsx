import { screen, waitFor, within } from '@testing-library/react';
import type { NewEvent } from '@longrun/shared';
import { delay, http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { created, FakeLive } from '../testing/fake-live.ts';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

const attempt = (n: number): NewEvent => ({
  type: 'attempt.started',
  at: Date.now(),
  attempt: n,
  worker: 'w',
});
const write: NewEvent = { type: 'node.started', at: Date.now(), task: 't', node: 'write', ns: [] };
const piece = (text: string): NewEvent => ({
  type: 'message.delta',
  at: Date.now(),
  task: 't',
  node: 'write',
  message_id: 'm',
  text,
});
const whole = (content: string): NewEvent => ({
  type: 'message',
  at: Date.now(),
  task: 't',
  node: 'write',
  message: { id: 'm', type: 'ai', content },
});

function running(...events: NewEvent[]) {
  const live = new FakeLive();
  live.append('r1', created('r1', 'Why?'));
  live.append('r1', attempt(1), write, ...events);
  return renderApp('/runs/r1', live);
}

describe('a run', () => {
  it('A8: opened at any time, it shows what is stored and goes on live', async () => {
    const { live } = running(piece('Because '));
    expect(await screen.findByText('Because')).toBeTruthy();
    live.append('r1', piece('of light.'));
    expect(await screen.findByText('Because of light.')).toBeTruthy();
    live.append('r1', whole('Because of **light**.'), { type: 'run.completed', at: Date.now() });
    expect((await screen.findByText('light')).tagName).toBe('STRONG');
    expect(screen.getAllByText('Done').length).toBeGreaterThan(0);
  });

  it('an event of a type that the page does not know is listed, and all else is shown', async () => {
    const { live } = running(piece('Because '));
    await screen.findByText('Because');
    const stored = { type: 'run.paused', seq: 5, at: Date.now(), why: 'nobody is there' };
    live.append('r1', { type: 'unknown', at: stored.at, stored });
    live.append('r1', piece('of light.'));
    expect(await screen.findByText('Because of light.')).toBeTruthy();
    expect(screen.queryByText(/nobody is there/)).toBeNull();
  });

  it('A6: after a crash nothing is shown twice, and the lost attempt is folded', async () => {
    const { live } = running(piece('Half a sen'));
    await screen.findByText('Half a sen');
    live.append('r1', attempt(2), write, piece('A whole sentence.'));
    expect(await screen.findByText('A whole sentence.')).toBeTruthy();
    expect(screen.queryByText(/Half a sen/)).toBeNull();
    expect(screen.getByText('Attempt 1 · interrupted by a restart')).toBeTruthy();
  });

  it('citations lead to their source; a number without a source stays text', async () => {
    running(
      {
        type: 'source',
        at: 1,
        task: 't',
        source: { id: 's', title: 'The Book', url: '/library/book#p2', n: 1 },
      },
      piece('It is so [1], says one [7].'),
    );
    const cite = await screen.findByRole('link', { name: 'Source 1' });
    const target = document.querySelector(cite.getAttribute('href') ?? '');
    expect(
      within(target as HTMLElement)
        .getByRole('link')
        .getAttribute('href'),
    ).toBe('/library/book#p2');
    expect(screen.getByText(/says one \[7\]/)).toBeTruthy();
  });

  it('what a model writes is never markup: no HTML, no script address', async () => {
    running(
      {
        type: 'source',
        at: 1,
        task: 't',
        source: { id: 's', title: 'Bad', url: 'javascript:alert(1)', n: 1 },
      },
      {
        type: 'source',
        at: 2,
        task: 't',
        source: { id: 'o', title: 'Elsewhere', url: String.raw`/\evil.example/x`, n: 2 },
      },
      piece('<img src=x onerror=alert(1)> and [link](javascript:alert(1))'),
    );
    expect((await screen.findByText('link', {}, { timeout: 30_000 })).tagName).toBe('SPAN');
    expect(screen.getByText('Elsewhere').tagName).toBe('SPAN');
    expect(document.querySelector('.prose img')).toBeNull();
    expect(screen.getByText('Bad').tagName).toBe('SPAN');
  });

  it('A5: cancel asks once, then says at once that it is being done', async () => {
    server.use(http.post('*/api/runs/r1/cancel', () => delay('infinite')));
    const { user } = running();
    await user.click(await screen.findByRole('button', { name: 'Cancel run' }));
    expect(screen.getByText('It stops for good; what it wrote stays.')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Yes, cancel');
    await user.click(screen.getByRole('button', { name: 'Yes, cancel' }));
    expect(screen.getAllByText('Cancelling…').length).toBeGreaterThan(0);
  });

  it('A5: by keyboard alone, and Escape changes one’s mind', async () => {
    const { user } = running();
    await screen.findByRole('button', { name: 'Cancel run' });
    await user.keyboard('c');
    expect(document.activeElement?.textContent).toBe('Yes, cancel');
    await user.keyboard('{Escape}');
    expect(await screen.findByRole('button', { name: 'Cancel run' })).toBeTruthy();
  });

  it('a cancel that was refused is told, and can be tried again', async () => {
    const error = { code: 'unavailable', message: 'Not now.' };
    server.use(http.post('*/api/runs/r1/cancel', () => HttpResponse.json({ error }, { status: 503 })));
    const { user } = running();
    await user.click(await screen.findByRole('button', { name: 'Cancel run' }));
    await user.click(screen.getByRole('button', { name: 'Yes, cancel' }));
    expect(await screen.findByText('Not cancelled')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Cancel run' })).toBeTruthy();
  });

  it('failed: says why, what is kept, and what can be done', async () => {
    const { live } = running();
    const error = { code: 'graph_error', message: 'The model refused.' };
    live.append('r1', { type: 'run.failed', at: Date.now(), error });
    expect(await screen.findByText('The run failed')).toBeTruthy();
    expect(screen.getAllByText('The model refused.').length).toBeGreaterThan(0);
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Ask again from the start' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeTruthy();
  });

  it('no such run: says so and shows the way on', async () => {
    renderApp('/runs/nothing');
    expect(await screen.findByRole('heading', { name: 'There is no such run' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'See your runs' }).getAttribute('href')).toBe('/runs');
  });

  it('D5: trying again goes to a new run that goes on from there; both name each other', async () => {
    const failed: NewEvent = {
      type: 'run.failed',
      at: Date.now(),
      error: { code: 'run_timeout', message: 'The run took longer than its limit of 5 s.' },
    };
    const { live, user } = running(failed);
    server.use(
      http.post('*/api/runs/r1/retry', () => {
        live.retriedBy.set('r1', 'r2');
        live.append('r2', { ...created('r2', 'Why?'), retry_of: 'r1' } as NewEvent);
        return HttpResponse.json(live.run('r2'), { status: 201 });
      }),
    );
    expect(await screen.findByText('The run reached its time limit')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    const back = await screen.findByRole('link', { name: 'an earlier run' });
    expect(location.pathname).toBe('/runs/r2');
    await user.click(back);
    const onward = await screen.findByRole('link', { name: 'See the run that went on' });
    expect(onward.getAttribute('href')).toBe('/runs/r2');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('D5: trying again that is refused says why, and can be repeated', async () => {
    const { user } = running({ type: 'run.cancelled', at: Date.now() });
    const error = { code: 'thread_busy', message: 'Another run holds this thread.' };
    server.use(http.post('*/api/runs/r1/retry', () => HttpResponse.json({ error }, { status: 409 })));
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Another run holds this thread.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Try again' }).disabled).toBe(false);
  });

  it('A9: deleting asks first; then the run is gone and the page goes to the list', async () => {
    let deleted = 0;
    server.use(
      http.delete('*/api/runs/r1', () => {
        deleted += 1;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = running({ type: 'run.completed', at: Date.now() });
    await user.click(await screen.findByRole('button', { name: 'Delete this run' }));
    expect(deleted).toBe(0);
    await user.keyboard('{Escape}');
    await user.click(await screen.findByRole('button', { name: 'Delete this run' }));
    await user.click(screen.getByRole('button', { name: 'Yes, delete' }));
    await waitFor(() => expect(location.pathname).toBe('/runs'));
    expect(deleted).toBe(1);
    expect(screen.getByText('Deleted')).toBeTruthy();
  });

  it('A9: a run that cannot be deleted stays, and the page says why', async () => {
    const error = { code: 'unavailable', message: 'The storage does not answer.' };
    server.use(http.delete('*/api/runs/r1', () => HttpResponse.json({ error }, { status: 503 })));
    const { user } = running({ type: 'run.completed', at: Date.now() });
    await user.click(await screen.findByRole('button', { name: 'Delete this run' }));
    await user.click(screen.getByRole('button', { name: 'Yes, delete' }));
    expect(await screen.findByText('The storage does not answer.')).toBeTruthy();
    expect(location.pathname).toBe('/runs/r1');
  });

  it('D5: every attempt can be read: how it ended and why', async () => {
    const down: NewEvent = {
      type: 'attempt.ended',
      at: Date.now(),
      attempt: 1,
      reason: 'failed',
      error: { code: 'upstream_error', message: 'provider is down' },
    };
    const { user } = running(down, attempt(2), attempt(3), {
      type: 'run.failed',
      at: Date.now(),
      error: { code: 'graph_error', message: 'No.' },
    });
    await user.click(await screen.findByText('3 attempts'));
    expect(screen.getByText('A service had an error of its own: provider is down')).toBeTruthy();
    expect(screen.getByText('interrupted by a restart')).toBeTruthy();
  });

  it('G10: a run that waits for the one before it says so', async () => {
    const live = new FakeLive();
    live.append('r1', { ...created('r1', 'Why?'), queued: true } as NewEvent);
    renderApp('/runs/r1', live);
    expect((await screen.findAllByText('waits for the run before it')).length).toBeGreaterThan(0);
    expect(screen.getByText('Behind the run before it')).toBeTruthy();
  });

  it('a change of status is announced', async () => {
    const { live } = running();
    await screen.findByRole('heading', { name: 'Why?' });
    live.append('r1', { type: 'run.completed', at: Date.now() });
    await waitFor(() =>
      expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain('The run is now: Done'),
    );
  });

  it('every stored event can be seen', async () => {
    const { user } = running();
    await user.click(await screen.findByRole('tab', { name: /Events/ }));
    expect(screen.getByRole('region', { name: 'Events' })).toBeTruthy();
    expect(screen.getByRole('tab', { name: /Events/ }).textContent).toContain('3');
  });
});
