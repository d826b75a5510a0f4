import { screen, within } from '@testing-library/react';
import type { NewEvent } from '@longrun/shared';
import { delay, http } from 'msw';
import { describe, expect, it } from 'vitest';
import { created, FakeLive } from '../testing/fake-live.ts';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

const started: NewEvent = { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' };

describe('a conversation', () => {
  it('G10: what is asked while a run goes on waits for it', async () => {
    const live = new FakeLive();
    live.append('r1', created('r1', 'First'), started);
    const bodies: unknown[] = [];
    server.use(
      http.post('*/api/threads/r1/runs', async ({ request }) => {
        bodies.push(await request.json());
        return delay('infinite');
      }),
    );
    const { user } = renderApp('/threads/r1', live);
    await user.type(await screen.findByRole('textbox', { name: 'Your message' }), 'Second{Enter}');
    const second = await screen.findByRole('region', { name: 'Request 2: Second' });
    expect(within(second).getByText('waits for the run before it')).toBeTruthy();
    expect(bodies).toMatchObject([{ multitask_strategy: 'enqueue' }]);
  });

  it('G4: a question is answered where it was asked', async () => {
    const live = new FakeLive();
    live.append('r1', created('r1', 'First'), started, {
      type: 'interrupt.opened',
      at: Date.now(),
      interrupts: [{ id: 'i', value: 'Shall I?' }],
    });
    renderApp('/threads/r1', live);
    expect(await screen.findByRole('form', { name: 'Shall I?' })).toBeTruthy();
  });

  it('D5: a run that failed names the one that went on, in the same conversation', async () => {
    const live = new FakeLive();
    const error = { code: 'graph_error', message: 'No.' };
    live.append('r1', created('r1', 'First'), started, { type: 'run.failed', at: Date.now(), error });
    live.append('r2', { ...created('r2', 'First'), thread_id: 'r1', retry_of: 'r1' } as NewEvent);
    renderApp('/threads/r1', live);
    const onward = await screen.findByRole('link', { name: 'See the run that went on' });
    expect(onward.getAttribute('href')).toBe('/runs/r2');
  });
});
